package org.espalier.ticket;

import org.espalier.network.Architecture;
import org.espalier.network.InitialWeights;
import org.espalier.network.Weights;
import org.espalier.random.Stream;

/**
 * One trial's randomness. Strategies and objectives of one trial share initial weights and level streams. Comparisons
 * between them are therefore paired, and equal levels are equal bit for bit.
 *
 * @param stream stream of all random numbers of the trial
 */
public record Trial(Stream stream) {
    /** Trial {@code number}, counted from 0 (the store counts from 1), of an experiment with this seed. */
    public static Trial of(long seed, int number) {
        return new Trial(Stream.root(seed).child("trial").child(number));
    }

    /** The weights that level 0 starts from. */
    public Weights initialWeights(Architecture architecture, InitialWeights distribution) {
        return distribution.draw(architecture, stream.child("initial weights"));
    }

    /** A fresh draw for a level of the random restart. */
    public Weights randomRestart(Architecture architecture, InitialWeights distribution, int level) {
        return distribution.draw(architecture, stream.child("random restart").child(level));
    }

    /** Batches, attack noise and evaluation noise of a level. */
    public Stream level(int level) {
        return stream.child("level").child(level);
    }

    /** Draws of the pruning that makes a level's mask. */
    public Stream pruning(int level) {
        return stream.child("pruning").child(level);
    }
}
