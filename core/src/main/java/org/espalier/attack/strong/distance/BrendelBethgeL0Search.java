package org.espalier.attack.strong.distance;

import java.util.Arrays;
import org.espalier.attack.strong.search.PerExampleSearch;
import org.espalier.attack.strong.search.RowMath;
import org.espalier.random.Stream;

/** One example's {@link BrendelBethgeL0}. */
final class BrendelBethgeL0Search extends PerExampleSearch {
    private enum Stage {
        /** Expects the clean example's logits, which show whether it is classified right. */
        CLEAN,
        /** Expects those of a start image. */
        STARTING,
        /** Expects those of a bisection point. */
        BISECTING,
        /** Expects those of a step's end. */
        STEPPING
    }

    private final BrendelBethgeL0 settings;
    private final float[][] starts; // (image, row)
    private final Stream stream;
    private final double[] boundary; // moving average of the lead's gradients, (row)
    private final long[] gains; // bits of the gain above, row below, (row)
    private Stage stage = Stage.CLEAN;
    private int fewest = Integer.MAX_VALUE; // inputs changed in the result
    private int tried;
    private int bisected;
    private float[] start = new float[0];
    private double right; // largest difference to keep at which the network is right
    private double wrong = 1; // and fooled
    private int step;
    private double lead; // of the true class over the best other one, at x

    BrendelBethgeL0Search(
            BrendelBethgeL0 settings, float[][] starts, Stream stream, float[] clean, int label, int classes) {
        super(clean, label, classes);
        this.settings = settings;
        this.starts = starts;
        this.stream = stream;
        boundary = new double[clean.length];
        gains = new long[clean.length];
    }

    @Override
    protected Request onLogits(float[] z) {
        boolean fooled = fooled(z);
        if (fooled && stage != Stage.BISECTING) {
            offer();
        }
        return switch (stage) {
            case CLEAN -> fooled ? Request.NOTHING : nextStart();
            case STARTING -> fooled ? firstBisection(z) : nextStart();
            case BISECTING -> {
                if (fooled) {
                    wrong = middle();
                } else {
                    right = middle();
                }
                bisected++;
                yield bisect();
            }
            case STEPPING -> step == settings.steps() || fewest == 0 ? Request.NOTHING : linearise(z);
        };
    }

    private void offer() {
        int changed = BrendelBethgeL0.changed(clean, x);
        if (changed < fewest) {
            fewest = changed;
            System.arraycopy(x, 0, result, 0, x.length);
        }
    }

    private Request nextStart() {
        if (tried == settings.tries()) {
            return Request.NOTHING;
        }
        stage = Stage.STARTING;
        start = starts[stream.below(starts.length, tried)];
        System.arraycopy(start, 0, x, 0, x.length);
        tried++;
        return Request.LOGITS;
    }

    private Request firstBisection(float[] z) {
        return settings.bisections() == 0 ? linearise(z) : bisect();
    }

    /** Keeps the start's inputs that differ by at most a threshold. */
    private Request bisect() {
        boolean last = bisected == settings.bisections();
        double threshold = last ? wrong : middle();
        for (int i = 0; i < x.length; i++) {
            x[i] = Math.abs((double) start[i] - clean[i]) <= threshold ? start[i] : clean[i];
        }
        stage = last ? Stage.STEPPING : Stage.BISECTING;
        return Request.LOGITS;
    }

    private double middle() {
        return (right + wrong) / 2;
    }

    private Request linearise(float[] z) {
        stage = Stage.STEPPING;
        lead = -lead(z);
        return askDifference(label, wrongClasses(z)[0]);
    }

    @Override
    protected Request onGradient(float[] g) {
        double old = step == 0 ? 0 : settings.momentum();
        for (int i = 0; i < boundary.length; i++) {
            boundary[i] = (1 - old) * g[i] + old * boundary[i];
        }
        step++;
        double need = -(lead > 0 ? settings.overshoot() : 2 - settings.overshoot()) * lead;
        return move(need) ? Request.LOGITS : Request.NOTHING;
    }

    /**
     * Moves x to the point of fewest changed inputs at which {@code b . (x' - x) = need}, or as near to that as the box allows.
     *
     * @return whether any input changes b . x
     */
    private boolean move(double need) {
        double rest = need; // of b . s, once all inputs have returned
        for (int i = 0; i < x.length; i++) {
            rest -= boundary[i] * ((double) clean[i] - x[i]);
        }
        boolean up = rest > 0;
        for (int i = 0; i < x.length; i++) {
            double gain = Math.abs(boundary[i]) * room(i, up);
            // Positive floats sort as their bits; the row makes keys differ.
            gains[i] = (long) Float.floatToRawIntBits((float) gain) << 32 | (gains.length - i);
        }
        Arrays.sort(gains);
        System.arraycopy(clean, 0, x, 0, x.length);
        double left = Math.abs(rest);
        for (int k = gains.length - 1; k >= 0 && left > 0 && gains[k] >>> 32 > 0; k--) {
            int i = gains.length - (int) gains[k];
            double room = room(i, up);
            double slope = Math.abs(boundary[i]);
            double way = Math.min(room, left / slope);
            x[i] = RowMath.clip((float) (clean[i] + (boundary[i] > 0 == up ? way : -way)));
            left -= slope * way;
        }
        return gains.length > 0 && gains[gains.length - 1] >>> 32 > 0;
    }

    /** How far an input can go from its clean value so that b . s grows, or falls. */
    private double room(int i, boolean up) {
        return boundary[i] > 0 == up ? 1.0 - clean[i] : clean[i];
    }
}
