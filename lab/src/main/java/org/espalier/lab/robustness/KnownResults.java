package org.espalier.lab.robustness;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.espalier.attack.ThreatModel;
import org.espalier.evaluate.certify.Decision;
import org.espalier.evaluate.rules.Outcomes;
import org.espalier.evaluate.rules.RobustInterval;
import org.espalier.lab.certification.Certification;
import org.espalier.lab.certification.ImageCertificate;

/**
 * Combines all stored evaluations and certificates of a network for the images of one evaluation, in its ball. A broken
 * image is broken in every larger ball. A certified image is certified in every smaller ball.
 */
final class KnownResults {
    private KnownResults() {}

    /**
     * The network and data of a result. Results of equal subjects can be compared.
     *
     * @param network SHA-256 of the file
     * @param data digest of the data set
     * @param split the split's name
     * @param numerics of the code that made the results
     */
    record Subject(String network, String data, String split, int numerics) {
        boolean covers(Certification certification) {
            return certification.network().equals(network)
                    && certification.data().equals(data)
                    && certification.split().equals(split);
        }
    }

    /**
     * The images that one step of an evaluation broke.
     *
     * @param name the step's name
     * @param suite whether it is an attack of the evaluation's suite
     * @param threat its ball
     * @param broken images that it broke in the ball
     * @param distances (image) distances of a minimum-norm attack, else empty
     */
    record Step(String name, boolean suite, ThreatModel threat, BitSet broken, double[] distances) {
        /**
         * Images broken within another ball: those broken in a smaller ball, and those at a distance within its radius.
         */
        BitSet within(ThreatModel ball, int images) {
            BitSet found = ball.holds(threat) ? broken.get(0, images) : new BitSet();
            for (int i = 0; i < Math.min(images, distances.length); i++) {
                // NaN where the step did not attack the image.
                if (distances[i] <= ball.epsilon() && ball.holds(new ThreatModel(threat.norm(), ball.epsilon()))) {
                    found.set(i);
                }
            }
            return found;
        }
    }

    /**
     * The broken images of an evaluation.
     *
     * @param id the evaluation's name
     */
    record Attacked(String id, Subject subject, ThreatModel threat, Outcomes withstands, List<Step> steps) {}

    /**
     * The interval of one evaluation.
     *
     * @param evaluation the one whose images and ball it is for
     * @param all evaluations of the same ticket, that one included
     * @param certifications of the same ticket, of any of its weights
     */
    static RobustInterval of(Attacked evaluation, List<Attacked> all, List<Certification> certifications) {
        int images = evaluation.withstands().inputs();
        List<RobustInterval.Break> breaks = new ArrayList<>();
        for (Step step : evaluation.steps()) {
            // The suite's own attacks are already counted in its worst case.
            if (!step.suite()) {
                add(step.within(evaluation.threat(), images), step.name(), images, breaks);
            }
        }
        for (Attacked other : all) {
            if (!other.id().equals(evaluation.id()) && other.subject().equals(evaluation.subject())) {
                for (Step step : other.steps()) {
                    add(step.within(evaluation.threat(), images), step.name() + " of " + other.id(), images, breaks);
                }
            }
        }
        for (Certification each : certifications) {
            if (evaluation.subject().covers(each) && evaluation.threat().holds(each.threat())) {
                String id = String.valueOf(each.directory().getFileName());
                add(which(each, images, KnownResults::attacked), "the attack of " + id, images, breaks);
                add(which(each, images, KnownResults::falsified), "a counterexample of " + id, images, breaks);
            }
        }
        List<Certification> holding = holding(evaluation, certifications);
        return new RobustInterval(
                evaluation.withstands(),
                holding.isEmpty()
                        ? Optional.empty()
                        : Optional.of(new Outcomes(images, any(holding, images, ImageCertificate::certified))),
                breaks);
    }

    /**
     * How many images of an evaluation the certificates cover that the certified ones in its interval come from; 0 without one.
     *
     * @param certifications of the same ticket, of any of its weights
     */
    static int covered(Attacked evaluation, List<Certification> certifications) {
        int images = evaluation.withstands().inputs();
        return any(holding(evaluation, certifications), images, _ -> true).cardinality();
    }

    /** Certificates of an evaluation's network and data, in its ball or a larger one. */
    private static List<Certification> holding(Attacked evaluation, List<Certification> certifications) {
        return certifications.stream()
                .filter(each ->
                        evaluation.subject().covers(each) && each.threat().holds(evaluation.threat()))
                .toList();
    }

    private static boolean attacked(ImageCertificate image) {
        return image.clean() && !image.withstands();
    }

    private static boolean falsified(ImageCertificate image) {
        return image.withstands() && image.decision() == Decision.FALSIFIED;
    }

    private static BitSet any(List<Certification> certifications, int images, Predicate<ImageCertificate> kind) {
        BitSet any = new BitSet();
        certifications.forEach(each -> any.or(which(each, images, kind)));
        return any;
    }

    private static BitSet which(Certification certification, int images, Predicate<ImageCertificate> kind) {
        BitSet which = new BitSet();
        certification.images().stream()
                .filter(image -> image.image() < images)
                .filter(kind)
                .forEach(image -> which.set(image.image()));
        return which;
    }

    private static void add(BitSet broken, String source, int images, List<RobustInterval.Break> breaks) {
        BitSet right = new BitSet(images);
        right.set(0, images);
        right.andNot(broken);
        breaks.add(new RobustInterval.Break(source, new Outcomes(images, right)));
    }

    /** The steps that a summary lists, with their results in the lines of images. */
    static List<Step> steps(List<StoredEvaluation.AttackResult> attacks, StoredExamples examples) {
        Map<String, BitSet> broken = examples.broken();
        List<Step> steps = new ArrayList<>();
        for (StoredEvaluation.AttackResult attack : attacks) {
            BitSet found = broken.get(attack.name());
            double[] distances = examples.distances().get(attack.name());
            if (found != null || distances != null || !broken.isEmpty()) {
                steps.add(new Step(
                        attack.name(),
                        attack.purpose().equals("suite"),
                        attack.threat(),
                        found == null ? new BitSet() : found,
                        distances == null ? new double[0] : distances));
            }
        }
        return steps;
    }
}
