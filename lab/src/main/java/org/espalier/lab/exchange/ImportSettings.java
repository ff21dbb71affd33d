package org.espalier.lab.exchange;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.espalier.network.Shape;

/**
 * What a file of another program does not say of its network.
 *
 * @param network name of a network, or file with the setting {@code network} of an experiment, for files without structure
 * @param image shape of the images that it reads, channels x rows x columns
 * @param classes outputs; as many as the last layer's if empty
 * @param means subtracted from each channel, in the network's own input range; empty for none
 * @param deviations that each channel is divided by, as many as means
 * @param low the network's value of a pixel that Espalier has as 0, usually 0
 * @param high its value of a pixel that Espalier has as 1, e.g. 1 or 255
 * @param reversed whether it reads channels in the opposite order, as blue, green, red
 * @param unused whether tensors of the file may be left over
 */
public record ImportSettings(
        Optional<String> network,
        Optional<Shape> image,
        Optional<Integer> classes,
        List<Double> means,
        List<Double> deviations,
        double low,
        double high,
        boolean reversed,
        boolean unused) {
    /** Pixels from 0 to 1 as they are. */
    public static final ImportSettings PLAIN = new ImportSettings(
            Optional.empty(), Optional.empty(), Optional.empty(), List.of(), List.of(), 0, 1, false, false);

    /**
     * Checks the numbers. One mean stands for all channels, and so does one deviation.
     *
     * @throws IllegalArgumentException if means and deviations are not as many, a deviation is not above 0, or the range is empty
     */
    public ImportSettings {
        int channels = Math.max(means.size(), deviations.size());
        means = means.size() == 1 ? Collections.nCopies(channels, means.getFirst()) : List.copyOf(means);
        deviations =
                deviations.size() == 1 ? Collections.nCopies(channels, deviations.getFirst()) : List.copyOf(deviations);
        if (means.size() != deviations.size()) {
            throw new IllegalArgumentException(
                    "there are " + means.size() + " means and " + deviations.size() + " deviations, expected as many");
        } else if (!deviations.stream().allMatch(deviation -> deviation > 0 && Double.isFinite(deviation))
                || !means.stream().allMatch(Double::isFinite)) {
            throw new IllegalArgumentException("means are " + means + " and deviations " + deviations
                    + ", expected numbers and deviations above 0");
        } else if (!(high > low) || !Double.isFinite(high - low)) {
            throw new IllegalArgumentException(
                    "the input range is " + low + " to " + high + ", expected a lower and a higher number");
        }
    }

    /** Whether pixels have to be changed before the network reads them. */
    public boolean normalises() {
        return !means.isEmpty() || low != 0 || high != 1;
    }

    /** The settings of a network that reads pixels from 0 to 1 as they are. */
    public ImportSettings plainPixels() {
        return new ImportSettings(network, image, classes, List.of(), List.of(), 0, 1, reversed, unused);
    }

    /** The settings with a shape of images, if they have none. */
    public ImportSettings orImage(Shape shape) {
        return new ImportSettings(
                network, image.or(() -> Optional.of(shape)), classes, means, deviations, low, high, reversed, unused);
    }
}
