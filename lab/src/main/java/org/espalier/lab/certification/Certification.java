package org.espalier.lab.certification;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;
import org.espalier.attack.Norm;
import org.espalier.attack.ThreatModel;
import org.espalier.evaluate.Chance;
import org.espalier.evaluate.certify.Decision;

/**
 * A ticket certified at one radius.
 *
 * @param network SHA-256 of the ticket's file
 * @param data digest of the data set
 * @param split name of the split that the images come from
 * @param norm of the ball
 * @param epsilon radius of the ball
 * @param method its name
 * @param limits of exact verification
 * @param settings SHA-256 of all that determines the certificate except the network; certificates of several networks
 *     are comparable if this is equal
 * @param directory where it is kept
 * @param images of the split, the first ones, in order
 * @param seconds (image) of processor time that the method spent on it, the attack not counted
 */
public record Certification(
        String network,
        String data,
        String split,
        Norm norm,
        float epsilon,
        String method,
        Limits limits,
        String settings,
        Path directory,
        List<ImageCertificate> images,
        List<Double> seconds) {
    /**
     * Limits of exact verification per image.
     *
     * @param nodes most subproblems; empty for bounds, which have no limit
     * @param seconds a further limit, if there was one
     */
    public record Limits(OptionalInt nodes, Optional<Double> seconds) {
        /** No limits, for methods without them. */
        public static final Limits NONE = new Limits(OptionalInt.empty(), Optional.empty());
    }

    /** A certification in L-infinity. */
    public Certification(
            String network,
            String data,
            String split,
            float epsilon,
            String method,
            Limits limits,
            String settings,
            Path directory,
            List<ImageCertificate> images,
            List<Double> seconds) {
        this(network, data, split, Norm.LINF, epsilon, method, limits, settings, directory, images, seconds);
    }

    public Certification {
        images = List.copyOf(images);
        seconds = List.copyOf(seconds);
    }

    /** The ball. */
    public ThreatModel threat() {
        return new ThreatModel(norm, epsilon);
    }

    /** Share of images that are right without attack, in [0, 1]. */
    public double clean() {
        return share(ImageCertificate::clean);
    }

    /** Share of images proven robust: robust accuracy is at least this. */
    public double certified() {
        return share(ImageCertificate::certified);
    }

    /** Share of images that neither the attack nor exact verification broke: robust accuracy is at most this. */
    public double unbroken() {
        return share(image -> image.withstands() && image.decision() != Decision.FALSIFIED);
    }

    /** Share of images that withstand the attack. */
    public double attacked() {
        return share(ImageCertificate::withstands);
    }

    /** Share of images between the two. */
    public double unknown() {
        return share(image -> image.withstands() && image.decision() != Decision.FALSIFIED && !image.certified());
    }

    /** The accuracy on these images of a network that ignores its input. */
    public Chance chance() {
        return Chance.of(images.stream().mapToInt(ImageCertificate::label).toArray());
    }

    /** Whether the network is no better on these images than one that ignores its input: certificates of it show nothing. */
    public boolean ofChance() {
        return chance().covers(clean());
    }

    /** Mean processor time in seconds over the images that the method ran on; NaN if there were none. */
    public double secondsPerImage() {
        return seconds.stream()
                .mapToDouble(each -> each)
                .filter(each -> each > 0)
                .average()
                .orElse(Double.NaN);
    }

    /** Mean number of hidden units that may be on or off, over the images that were bounded. */
    public double unstable() {
        return images.stream()
                .filter(image -> image.lower().isPresent())
                .mapToInt(ImageCertificate::unstable)
                .average()
                .orElse(Double.NaN);
    }

    private double share(Predicate<ImageCertificate> kind) {
        return (double) images.stream().filter(kind).count() / images.size();
    }
}
