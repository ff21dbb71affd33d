package org.espalier.attack.strong.radius;

import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.espalier.attack.Norm;
import org.espalier.attack.ThreatModel;
import org.espalier.attack.strong.Access;
import org.espalier.attack.strong.Attempt;
import org.espalier.attack.strong.Examples;
import org.espalier.attack.strong.Losses;
import org.espalier.attack.strong.StrongAttack;
import org.espalier.attack.strong.Target;
import org.espalier.attack.strong.search.Attempts;
import org.espalier.attack.strong.search.Geometry;
import org.espalier.attack.strong.search.Restarts;
import org.espalier.attack.strong.search.Search;
import org.espalier.attack.strong.search.Settings;
import org.espalier.attack.strong.search.Starts;
import org.espalier.attack.strong.search.Targets;
import org.espalier.random.Stream;

/**
 * Auto-PGD: projected gradient ascent that sets its own step size. Croce and Hein, "Reliable evaluation of adversarial
 * robustness with an ensemble of diverse parameter-free attacks" (ICML 2020), section 3 and algorithm 1; in L1, Croce and Hein,
 * "Mind the box: l1-APGD for sparse adversarial attacks on image classifiers" (ICML 2021), section 3. Settings that the
 * papers do not state are those of the authors' AutoAttack code.
 *
 * <p>L-infinity and L2: first step 2 epsilon, momentum 0.75, first checkpoint after 22 % of the iterations, each next
 * period shorter by 3 %, down to 6 %. A checkpoint halves the step and continues from the best point in two cases: the
 * loss rose in at most 75 % of the steps, or the last checkpoint did not halve the step and the best loss has not risen
 * since. The start is a random direction at full radius, or a corner of the L-infinity ball. One difference to the code: the first iteration's loss is
 * compared with the loss of the start instead of 0.
 *
 * <p>L1: 30 % of the iterations in the ball of radius 3 epsilon, 30 % in that of 2 epsilon, 40 % in that of epsilon; steps of
 * length epsilon along the signs of the largest gradients, 1/1.5 as many as inputs that the best point moves. After
 * every 4 % of a stage's iterations the step is reset if that number fell by 5 %, else divided by 1.5, down to a tenth.
 *
 * <p>Each restart, and each target, attacks only the examples that no earlier one has broken.
 *
 * @param loss loss to maximise; a targeted loss is maximised for several classes in turn
 * @param iterations gradient steps of one run, at least 1
 * @param restarts runs of an untargeted loss, or for each target class, at least 1
 * @param targets for a targeted loss, how many of the most likely wrong classes of the clean input to try, at least 1;
 *     at most all wrong classes; not read for an untargeted loss
 * @param start where runs start
 */
public record Apgd(Losses loss, int iterations, int restarts, int targets, Start start) implements StrongAttack {
    /** Where a run starts. */
    public enum Start {
        /** A random direction at full radius, as in AutoAttack. */
        RANDOM,
        /**
         * L-infinity: every input at one end of its range in the ball. Such a start wakes units that answer to inputs near the
         * ball's surface only.
         */
        CORNERS
    }

    public Apgd {
        Settings.atLeast("iterations", iterations, 1);
        Settings.atLeast("restarts", restarts, 1);
        Settings.atLeast("targets", targets, 1);
    }

    /** With AutoAttack's start. */
    public Apgd(Losses loss, int iterations, int restarts, int targets) {
        this(loss, iterations, restarts, targets, Start.RANDOM);
    }

    /** On the cross-entropy, as AutoAttack runs it: 100 iterations, one restart. */
    public static Apgd crossEntropy() {
        return new Apgd(Losses.CROSS_ENTROPY, 100, 1, 1);
    }

    /** On the difference of logits ratio: 100 iterations, one restart. */
    public static Apgd dlr() {
        return new Apgd(Losses.DLR, 100, 1, 1);
    }

    /** On the targeted difference of logits ratio, as AutoAttack runs it: 100 iterations towards each of 9 classes. */
    public static Apgd targeted() {
        return new Apgd(Losses.TARGETED_DLR, 100, 1, 9);
    }

    @Override
    public String name() {
        String plain = switch (loss) {
            case CROSS_ENTROPY -> "apgd-ce";
            case TARGETED_DLR -> "apgd-t";
            default -> "apgd-" + loss;
        };
        return start == Start.CORNERS ? plain + "-corners" : plain;
    }

    @Override
    public Map<String, Object> settings() {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("loss", loss.toString());
        settings.put("iterations", iterations);
        settings.put("restarts", restarts);
        if (loss.targeted()) {
            settings.put("targets", targets);
        }
        if (start != Start.RANDOM) {
            settings.put("start", "corners");
        }
        return settings;
    }

    @Override
    public Set<Norm> norms() {
        return start == Start.CORNERS ? EnumSet.of(Norm.LINF) : EnumSet.allOf(Norm.class);
    }

    @Override
    public Access access() {
        return Access.WHITE_BOX;
    }

    @Override
    public int minClasses() {
        return loss.minClasses();
    }

    @Override
    public Optional<StrongAttack> doubled() {
        return Optional.of(new Apgd(loss, 2 * iterations, 2 * restarts, targets, start));
    }

    @Override
    public List<Attempt> run(Target target, Examples examples, ThreatModel threat, Stream stream) {
        check(threat, target.classes());
        int tried = loss.targeted() ? Math.min(targets, target.classes() - 1) : 1;
        return Restarts.run(
                target,
                examples,
                tried * restarts,
                (chunk, run) -> once(target, chunk, threat, run / restarts, stream.child(run)));
    }

    private List<Attempt> once(Target target, Examples chunk, ThreatModel threat, int rank, Stream stream) {
        Search search = new Search(target, loss, chunk, Targets.ofRank(target, loss, chunk, rank), threat.norm());
        ApgdRun run = new ApgdRun(search);
        float epsilon = threat.epsilon();
        if (threat.norm() == Norm.L1) {
            // Math.ceil of 0.3 n, in whole numbers.
            int early = Math.min((3 * iterations + 9) / 10, Math.max((iterations - 1) / 2, 0));
            Starts.onSphere(target, threat, chunk, stream, search.clean, search.x);
            for (int radii = 3; radii > 1 && early > 0; radii--) {
                run.run(early, radii * epsilon);
                search.x.set(search.best);
                Geometry.project(new ThreatModel(Norm.L1, (radii - 1) * epsilon), search.clean, search.x);
            }
            run.run(iterations - 2 * early, epsilon);
        } else {
            if (start == Start.CORNERS) {
                Starts.atCorner(target, threat, chunk, stream, search.clean, search.x);
            } else {
                Starts.onSphere(target, threat, chunk, stream, search.clean, search.x);
            }
            run.run(iterations, epsilon);
        }
        search.selectBest();
        return Attempts.judge(target, chunk, threat, search.x, false, search.ledger);
    }
}
