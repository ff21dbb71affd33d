package org.espalier.evaluate.certify;

import java.util.Comparator;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.espalier.attack.Norm;

/**
 * Halves the input box until every part is decided, worst bound first. For networks of a few inputs: the number of boxes
 * grows exponentially with inputs, but boxes shrink to points, so that only inputs within rounding of a tie stay
 * undecided.
 */
final class InputSplitting {
    private final Certifier certifier;

    InputSplitting(Certifier certifier) {
        this.certifier = certifier;
    }

    private record Box(InputRegion region, double bound, int widest, long number) {}

    /** As {@link BranchAndBound#run}. */
    Verification run(
            InputRegion whole,
            int label,
            int limit,
            BooleanSupplier stop,
            Function<double[], Optional<float[]>> judge) {
        PriorityQueue<Box> open =
                new PriorityQueue<>(Comparator.comparingDouble(Box::bound).thenComparingLong(Box::number));
        double least = Double.POSITIVE_INFINITY;
        int nodes = 0;
        InputRegion[] next = {whole};
        while (true) {
            for (InputRegion region : next) {
                nodes++;
                double bound =
                        certifier.margins(region, label, BoundMethod.CROWN).worst();
                if (bound > 0) {
                    least = Math.min(least, bound);
                    continue;
                }
                Optional<float[]> found = judge.apply(middle(region));
                if (found.isPresent()) {
                    return new Verification(Decision.FALSIFIED, Double.NEGATIVE_INFINITY, nodes, found);
                }
                open.add(new Box(region, bound, widest(region), nodes));
            }
            if (open.isEmpty()) {
                return new Verification(Decision.VERIFIED, least, nodes, Optional.empty());
            }
            Box worst = open.element();
            if (nodes >= limit || stop.getAsBoolean() || worst.widest < 0) {
                return new Verification(Decision.UNKNOWN, Math.min(least, worst.bound), nodes, Optional.empty());
            }
            open.remove();
            next = halves(worst);
        }
    }

    private static InputRegion[] halves(Box box) {
        InputRegion region = box.region;
        int i = box.widest;
        double middle = 0.5 * (region.lower[i] + region.upper[i]);
        double[] below = region.upper.clone();
        double[] above = region.lower.clone();
        below[i] = middle;
        above[i] = middle;
        return new InputRegion[] {
            new InputRegion(Norm.LINF, region.epsilon, region.lower, below, region.centre),
            new InputRegion(Norm.LINF, region.epsilon, above, region.upper, region.centre)
        };
    }

    private static double[] middle(InputRegion region) {
        double[] middle = new double[region.size()];
        for (int i = 0; i < middle.length; i++) {
            middle[i] = 0.5 * (region.lower[i] + region.upper[i]);
        }
        return middle;
    }

    /** The widest input; -1 if all are narrower than float32 resolution. */
    private static int widest(InputRegion region) {
        int widest = -1;
        double width = 0x1p-26;
        for (int i = 0; i < region.size(); i++) {
            if (region.upper[i] - region.lower[i] > width) {
                widest = i;
                width = region.upper[i] - region.lower[i];
            }
        }
        return widest;
    }
}
