package org.espalier.report.evaluation;

import java.util.function.Predicate;
import org.espalier.attack.Norm;
import org.espalier.evaluate.certify.Decision;
import org.espalier.evaluate.rules.Outcomes;
import org.espalier.lab.certification.Certification;
import org.espalier.lab.certification.ImageCertificate;
import org.espalier.lab.store.TrialId;

/**
 * A certificate, without its images' pixels, and whose it is. A level that strategies share stands once for each of them.
 *
 * @param trial the chain that the network belongs to
 * @param level its place in the chain; 0 is the dense network
 * @param density fraction of the weights that survive, in [0, 1]
 * @param weights {@code final}, {@code best-validation} or {@code other}
 * @param id name of its directory
 * @param method {@code ibp}, {@code crown}, {@code exact} and so on
 * @param norm of the ball
 * @param epsilon radius of the ball
 * @param split {@code test} or {@code validation}
 * @param limits of exact verification
 * @param settings equal for certificates of one kind
 * @param ofChance whether the network is no better on these images than one that ignores its input
 * @param clean (image) right without attack
 * @param attacked right under PGD too
 * @param unbroken of those, the ones without a counterexample
 * @param certified shown to withstand everything in the ball
 * @param seconds mean processor time of an image that the method was asked about; NaN if it is not known
 * @param nodes mean number of subproblems of such an image; 0 of bounds
 */
public record Certified(
        TrialId trial,
        int level,
        double density,
        String weights,
        String id,
        String method,
        Norm norm,
        double epsilon,
        String split,
        Certification.Limits limits,
        String settings,
        boolean ofChance,
        Outcomes clean,
        Outcomes attacked,
        Outcomes unbroken,
        Outcomes certified,
        double seconds,
        double nodes) {
    /** The name of exact verification. */
    public static final String EXACT = "exact";

    static Certified of(TrialId trial, int level, double density, String weights, Certification from) {
        return new Certified(
                trial,
                level,
                density,
                weights,
                String.valueOf(from.directory().getFileName()),
                from.method(),
                from.norm(),
                Evaluated.plain(from.epsilon()),
                from.split(),
                from.limits(),
                from.settings(),
                from.ofChance(),
                which(from, ImageCertificate::clean),
                which(from, ImageCertificate::withstands),
                which(from, image -> image.withstands() && image.decision() != Decision.FALSIFIED),
                which(from, ImageCertificate::certified),
                from.secondsPerImage(),
                from.images().stream()
                        .filter(image -> image.nodes() > 0)
                        .mapToInt(ImageCertificate::nodes)
                        .average()
                        .orElse(0));
    }

    /** The same of another chain that has the level. */
    Certified in(TrialId other) {
        return new Certified(
                other, level, density, weights, id, method, norm, epsilon, split, limits, settings, ofChance, clean,
                attacked, unbroken, certified, seconds, nodes);
    }

    /** How many images, the first of the split. */
    public int images() {
        return clean.inputs();
    }

    /** Whether it was verified exactly. */
    public boolean exact() {
        return method.equals(EXACT);
    }

    /** Share of the first images of which this is so, 0 to 1. */
    public static double share(Outcomes which, int images) {
        return (double) which.right().get(0, images).cardinality() / images;
    }

    private static Outcomes which(Certification from, Predicate<ImageCertificate> kind) {
        boolean[] which = new boolean[from.images().size()];
        for (int i = 0; i < which.length; i++) {
            which[i] = kind.test(from.images().get(i));
        }
        return Outcomes.of(which);
    }
}
