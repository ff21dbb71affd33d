package org.espalier.report.verdict;

import java.util.List;
import java.util.Optional;
import org.espalier.report.statistics.Sample;

/**
 * Accuracy of the networks that a verdict names beyond its one attack: under a suite of attacks, and certified.
 *
 * @param level the level that it is about: the ticket's, else the best one's, else the dense network's
 * @param suite accuracy under a suite of attacks; empty if none was run on that level
 * @param bounds certified bounds of accuracy; empty if that level has no certificate
 * @param sentences the same in words, beside the dense network
 */
public record BeyondAttack(int level, Optional<Suite> suite, Optional<Bounds> bounds, List<String> sentences) {
    /** Where nothing was evaluated. */
    public static final BeyondAttack NONE = new BeyondAttack(0, Optional.empty(), Optional.empty(), List.of());

    public BeyondAttack {
        sentences = List.copyOf(sentences);
    }

    /**
     * The worst case of a suite, and all that is known of the same networks in its ball; shares over trials, 0 to 1.
     *
     * @param epsilon radius of the ball
     * @param accuracy share of images right under every attack
     * @param known share of images that nothing known breaks; no larger than {@code accuracy}
     * @param certified share of images that are certified; of no trials where certify was not run
     * @param mark what the rules say of it
     */
    public record Suite(
            String name,
            double epsilon,
            Sample accuracy,
            Sample known,
            Sample certified,
            org.espalier.evaluate.rules.Verdict mark) {
        /** Whether the figure may decide anything: refused and unreliable ones may not. */
        public boolean counts() {
            return mark.compareTo(org.espalier.evaluate.rules.Verdict.UNRELIABLE) < 0;
        }
    }

    /**
     * What the accuracy within a ball is at least and at most, means over trials, 0 to 1.
     *
     * @param epsilon radius of the ball
     */
    public record Bounds(double epsilon, Sample low, Sample high) {}
}
