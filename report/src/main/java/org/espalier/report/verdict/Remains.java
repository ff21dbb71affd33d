package org.espalier.report.verdict;

import java.util.List;
import java.util.Optional;
import org.espalier.report.statistics.Sample;

/**
 * What is left of the networks that a verdict names when more than its one attack is thrown at them, and what is proved of
 * them.
 *
 * @param level the level that it is about: the ticket's, else the best one's, else the dense network's
 * @param suite what a suite of attacks left of that level; empty if none was run on it
 * @param bounds what is certified of that level; empty if nothing is
 * @param sentences the same in words, beside the dense network
 */
public record Remains(int level, Optional<Suite> suite, Optional<Bounds> bounds, List<String> sentences) {
    /** Where nothing was evaluated. */
    public static final Remains NOTHING = new Remains(0, Optional.empty(), Optional.empty(), List.of());

    public Remains {
        sentences = List.copyOf(sentences);
    }

    /**
     * The worst case of a suite.
     *
     * @param epsilon radius of the ball
     * @param left share of images right under every attack, over trials
     * @param mark what the rules say of it
     */
    public record Suite(String name, double epsilon, Sample left, org.espalier.evaluate.rules.Verdict mark) {}

    /**
     * What the accuracy within a ball is at least and at most, means over trials, 0 to 1.
     *
     * @param epsilon radius of the L-infinity ball
     */
    public record Bounds(double epsilon, Sample low, Sample high) {}
}
