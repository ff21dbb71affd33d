package org.espalier.evaluate.rules;

import java.util.List;
import org.espalier.attack.ThreatModel;
import org.espalier.attack.strong.StrongAttack;

/**
 * One attack of an evaluation: its ball, its purpose and its inputs. A step attacks only inputs that are classified
 * right without attack.
 *
 * @param name unique in the evaluation; the attack's random stream is derived from it
 * @param purpose use of the step's result
 * @param attack the attack
 * @param threat the ball
 * @param after names of earlier steps; inputs that one of them broke are skipped
 */
public record Step(String name, Purpose purpose, StrongAttack attack, ThreatModel threat, List<String> after) {
    public Step {
        after = List.copyOf(after);
    }

    /** Use of a step's result. */
    public enum Purpose {
        /** An attack of the suite: counts for the worst case. */
        SUITE("suite"),
        /** One large step; {@link Rule#MANY_STEPS} and {@link Rule#GRADIENT}. */
        FGSM("fgsm"),
        /** Many small steps, for {@link Rule#MANY_STEPS}. */
        PGD("pgd"),
        /** The same attack at another epsilon, for the curve and {@link Rule#LARGER_BALL}. */
        CURVE("curve"),
        /** The suite at epsilon 1 in L-infinity, for {@link Rule#FULL_BALL}. */
        FULL_BALL("full-ball"),
        /** A white-box attack of the suite with twice the iterations and restarts, for {@link Rule#CONVERGED}. */
        DOUBLED("doubled");

        private final String label;

        Purpose(String label) {
            this.label = label;
        }

        /** As in files. */
        @Override
        public String toString() {
            return label;
        }
    }
}
