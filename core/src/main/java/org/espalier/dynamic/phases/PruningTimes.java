package org.espalier.dynamic.phases;

import java.util.Optional;
import java.util.OptionalInt;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.prune.CountingRule;
import org.espalier.prune.Criterion;
import org.espalier.prune.Pruner;
import org.espalier.prune.PruningResources;
import org.espalier.prune.Scope;
import org.espalier.random.Stream;
import org.espalier.train.mask.MaskProcess;
import org.espalier.train.mask.MaskTraining;
import org.espalier.train.mask.Phase;

/**
 * When a network is pruned as it trains, and how much is left each time. The optimizer and the learning-rate schedule begin again
 * after each pruning.
 *
 * @param steps prunings less two
 * @param first fraction of the updates before the first pruning
 * @param every fraction of the updates from pruning to pruning
 */
record PruningTimes(int steps, double first, double every) {
    /** Makes the mask of one pruning. */
    interface Pruning {
        /**
         * The next mask.
         *
         * @param pruning counted from 0
         * @param mask in force
         * @param weights at present; zero where pruned
         * @param stream of this pruning
         * @param resources engine and training images, with the natural loss alone
         */
        Mask next(int pruning, Mask mask, Weights weights, Stream stream, Optional<PruningResources> resources);
    }

    int prunings() {
        return steps + 2;
    }

    /** Updates before a pruning, which is counted from 0. */
    int at(int pruning, int iterations) {
        return (int) Math.round((first + pruning * every) * iterations);
    }

    /** What is left after a pruning, which is counted from 0: {@code d + (0.5 - d) 0.5^i}, and d after the last. */
    double kept(double density, int pruning) {
        return pruning == prunings() - 1 || density >= 0.5
                ? density
                : density + (0.5 - density) * StrictMath.pow(0.5, pruning);
    }

    /**
     * The share of what is there that a pruning takes.
     *
     * @param density share of all that is left after the last pruning
     * @param all number of weights or units of the dense network
     * @param present number of those that are left
     */
    double fraction(double density, int pruning, int all, int present) {
        int left = all - CountingRule.EXACT.pruned(1 - kept(density, pruning), all);
        return (double) Math.max(0, present - left) / Math.max(1, present);
    }

    /** Prunes all layers together by a criterion, an exact count, and leaves one weight or unit in each. */
    static Pruner pruner(Criterion criterion) {
        return new Pruner(
                criterion, Scope.GLOBAL, CountingRule.EXACT, OptionalInt.of(1), Optional.of(Pruner.Ties.RANDOM));
    }

    void check(int iterations) {
        int last = at(prunings() - 1, iterations);
        if (last >= iterations || Math.round(every * iterations) < 1) {
            throw new IllegalArgumentException("has its last of " + prunings() + " prunings at update " + last
                    + ", expected one update at least from pruning to pruning and to the end, " + iterations);
        }
    }

    /** A process that prunes at these times. It carries nothing: which prunings are done follows from the update. */
    MaskProcess process(MaskTraining training, Pruning pruning) {
        return new Process(this, training, pruning);
    }

    private static final class Process implements MaskProcess {
        private final PruningTimes times;
        private final MaskTraining training;
        private final Pruning pruning;

        Process(PruningTimes times, MaskTraining training, Pruning pruning) {
            this.times = times;
            this.training = training;
            this.pruning = pruning;
        }

        @Override
        public void step(int iteration) {
            Phase phase = training.whole();
            for (int number = 0; number < times.prunings(); number++) {
                int at = times.at(number, training.iterations());
                if (at == iteration) {
                    prune(number);
                }
                if (at <= iteration) {
                    phase = new Phase(at, training.iterations() - at, 1);
                }
            }
            training.gradient();
            training.update(phase);
        }

        private void prune(int number) {
            Engine engine = training.engine();
            Architecture architecture = engine.architecture();
            Weights weights = engine.weights();
            Mask next = pruning.next(
                    number,
                    engine.mask(),
                    weights,
                    training.stream().child("pruning").child(number),
                    Optional.of(new PruningResources(() -> Engines.create(architecture), training.images())));
            weights.apply(next);
            engine.load(weights, next); // fresh moments
        }

        @Override
        public Mask mask() {
            return training.engine().mask();
        }
    }
}
