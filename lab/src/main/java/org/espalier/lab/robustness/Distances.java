package org.espalier.lab.robustness;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Distances of the nearest adversarial examples that a minimum-norm attack found, over the images that it attacked:
 * those classified right without attack. An image without an adversarial example has an infinite distance.
 *
 * @param images images that the attack ran on, at least 1
 * @param found images with an adversarial example
 * @param median infinite if fewer than half of them have an example
 * @param mean over the images with an example; NaN if there is none
 * @param quantiles distance by share of images, ascending
 */
public record Distances(int images, int found, double median, double mean, SortedMap<Double, Double> quantiles) {
    private static final List<Double> SHARES = List.of(0.05, 0.25, 0.75, 0.95);

    /**
     * Sums up distances.
     *
     * @param distances (image) NaN where the attack did not see the image, infinite where it found nothing
     * @throws IllegalArgumentException if it saw no image
     */
    static Distances of(double[] distances) {
        double[] seen = Arrays.stream(distances)
                .filter(distance -> !Double.isNaN(distance))
                .sorted()
                .toArray();
        if (seen.length == 0) {
            throw new IllegalArgumentException("distances of no images have no median");
        }
        double[] finite = Arrays.stream(seen).filter(Double::isFinite).toArray();
        SortedMap<Double, Double> quantiles = new TreeMap<>();
        SHARES.forEach(share -> quantiles.put(share, quantile(seen, share)));
        return new Distances(
                seen.length,
                finite.length,
                quantile(seen, 0.5),
                Arrays.stream(finite).average().orElse(Double.NaN),
                quantiles);
    }

    /** Between the two nearest of sorted values, linearly. */
    private static double quantile(double[] sorted, double share) {
        double at = share * (sorted.length - 1);
        int below = (int) at;
        double rest = at - below;
        if (rest == 0 || Double.isInfinite(sorted[below])) {
            return sorted[below];
        }
        return sorted[below] + rest * (sorted[below + 1] - sorted[below]);
    }

    /** For JSON; what is not finite becomes null. */
    Map<String, Object> members() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("images", images);
        members.put("found", found);
        members.put("median", median);
        members.put("mean", mean);
        Map<String, Object> shares = new LinkedHashMap<>();
        quantiles.forEach((share, distance) -> shares.put(Double.toString(share), distance));
        members.put("quantiles", shares);
        return members;
    }
}
