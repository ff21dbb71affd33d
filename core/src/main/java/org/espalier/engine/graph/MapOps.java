package org.espalier.engine.graph;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.espalier.engine.ActivationPanels;

/**
 * Element by element work on the maps of one panel. Plain loops, the same for every register width, so every result has the
 * same bits.
 */
final class MapOps {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
    private static final int LANES = ActivationPanels.LANES;

    private MapOps() {}

    /** Zeroes a gradient where the value that went through a ReLU is not above 0. Both have one layout. */
    static void gate(ActivationPanels gradient, int gradientPanel, ActivationPanels value, int panel) {
        MemorySegment g = gradient.memory();
        MemorySegment v = value.memory();
        long at = gradient.row(gradientPanel, 0);
        long from = value.row(panel, 0);
        int floats = gradient.features() * LANES;
        for (int i = 0; i < floats; i++) {
            float passed = g.get(FLOAT, at + 4L * i) + 0f;
            g.set(FLOAT, at + 4L * i, v.get(FLOAT, from + 4L * i) > 0 ? passed : 0f);
        }
    }

    /** {@code x = max(0, x)}, in place. */
    static void relu(ActivationPanels x, int panel) {
        MemorySegment memory = x.memory();
        long at = x.row(panel, 0);
        int floats = x.features() * LANES;
        for (int i = 0; i < floats; i++) {
            float value = memory.get(FLOAT, at + 4L * i);
            memory.set(FLOAT, at + 4L * i, value > 0 ? value : 0f);
        }
    }

    /** Copies a row of lanes. */
    static void copyRow(MemorySegment from, long fromOffset, MemorySegment to, long toOffset) {
        MemorySegment.copy(from, fromOffset, to, toOffset, ActivationPanels.ROW_BYTES);
    }

    /** Zeroes a row of lanes. */
    static void clearRow(MemorySegment to, long toOffset) {
        for (int i = 0; i < LANES; i++) {
            to.set(FLOAT, toOffset + 4L * i, 0f);
        }
    }

    /** {@code to = max(to, x)} of a row of lanes; what stands there stays where both are equal. */
    static void max(MemorySegment x, long xOffset, MemorySegment to, long toOffset) {
        for (int i = 0; i < LANES; i++) {
            float value = x.get(FLOAT, xOffset + 4L * i);
            float held = to.get(FLOAT, toOffset + 4L * i);
            to.set(FLOAT, toOffset + 4L * i, value > held ? value : held);
        }
    }

    /** Copies a row of lanes into an array. */
    static void load(MemorySegment from, long fromOffset, float[] to) {
        for (int i = 0; i < LANES; i++) {
            to[i] = from.get(FLOAT, fromOffset + 4L * i);
        }
    }

    /** Where x is the window's maximum, adds what is left of a gradient to the target's and leaves nothing. */
    static void route(
            float[] rest,
            MemorySegment x,
            long xOffset,
            MemorySegment maximum,
            long maximumOffset,
            MemorySegment target,
            long targetOffset) {
        for (int i = 0; i < LANES; i++) {
            boolean here = x.get(FLOAT, xOffset + 4L * i) == maximum.get(FLOAT, maximumOffset + 4L * i);
            float passed = here ? rest[i] : 0f;
            rest[i] = here ? 0f : rest[i];
            long o = targetOffset + 4L * i;
            target.set(FLOAT, o, target.get(FLOAT, o) + passed);
        }
    }

    /** Takes the bounds {@code c - d} and {@code c + d} of a row of lanes, or raises those that stand there to them. */
    static void maxBounds(
            MemorySegment c,
            long cOffset,
            MemorySegment d,
            long dOffset,
            MemorySegment lower,
            long lowerOffset,
            MemorySegment upper,
            long upperOffset,
            boolean first) {
        for (int i = 0; i < LANES; i++) {
            float middle = c.get(FLOAT, cOffset + 4L * i);
            float half = d.get(FLOAT, dOffset + 4L * i);
            float l = middle - half;
            float u = middle + half;
            float low = lower.get(FLOAT, lowerOffset + 4L * i);
            float high = upper.get(FLOAT, upperOffset + 4L * i);
            lower.set(FLOAT, lowerOffset + 4L * i, first || l > low ? l : low);
            upper.set(FLOAT, upperOffset + 4L * i, first || u > high ? u : high);
        }
    }

    /** Centre and radius of bounds, of a row of lanes. */
    static void middle(
            MemorySegment lower,
            long lowerOffset,
            MemorySegment upper,
            long upperOffset,
            MemorySegment centre,
            long centreOffset,
            MemorySegment radius,
            long radiusOffset) {
        for (int i = 0; i < LANES; i++) {
            float l = lower.get(FLOAT, lowerOffset + 4L * i);
            float u = upper.get(FLOAT, upperOffset + 4L * i);
            centre.set(FLOAT, centreOffset + 4L * i, (u + l) * 0.5f);
            radius.set(FLOAT, radiusOffset + 4L * i, (u - l) * 0.5f);
        }
    }

    /** {@link #route} by bounds: where {@code c + d}, or {@code c - d}, is the window's. */
    static void routeBound(
            float[] rest,
            MemorySegment c,
            long cOffset,
            MemorySegment d,
            long dOffset,
            boolean up,
            MemorySegment bound,
            long boundOffset,
            MemorySegment target,
            long targetOffset) {
        float sign = up ? 1f : -1f;
        for (int i = 0; i < LANES; i++) {
            float own = c.get(FLOAT, cOffset + 4L * i) + sign * d.get(FLOAT, dOffset + 4L * i);
            boolean here = own == bound.get(FLOAT, boundOffset + 4L * i);
            float passed = here ? rest[i] : 0f;
            rest[i] = here ? 0f : rest[i];
            long o = targetOffset + 4L * i;
            target.set(FLOAT, o, target.get(FLOAT, o) + passed);
        }
    }

    /** {@code sums += a b} of a row of lanes, b being one number. */
    static void addScaled(MemorySegment a, long aOffset, float b, MemorySegment sums, long sumsOffset) {
        for (int i = 0; i < LANES; i++) {
            long o = sumsOffset + 4L * i;
            sums.set(FLOAT, o, Math.fma(a.get(FLOAT, aOffset + 4L * i), b, sums.get(FLOAT, o)));
        }
    }

    /** Copies the values of a panel, or adds them, from one layout to another; both have the same values in the same order. */
    static void move(
            ActivationPanels from,
            MapLayout fromLayout,
            int fromPanel,
            ActivationPanels to,
            MapLayout toLayout,
            int toPanel,
            boolean add) {
        // A flat side has a row for each value, so runs are the image's rows.
        MapLayout image = fromLayout.values() == fromLayout.channels() ? toLayout : fromLayout;
        int row = 0;
        for (int c = 0; c < image.channels(); c++) {
            for (int y = 0; y < image.height(); y++) {
                long source = from.row(fromPanel, place(fromLayout, image, c, y, row));
                long target = to.row(toPanel, place(toLayout, image, c, y, row));
                if (add) {
                    add(from.memory(), source, to.memory(), target, image.width() * LANES);
                } else {
                    MemorySegment.copy(
                            from.memory(), source, to.memory(), target, image.width() * ActivationPanels.ROW_BYTES);
                }
                row += image.width();
            }
        }
    }

    private static int place(MapLayout layout, MapLayout image, int channel, int y, int value) {
        boolean flat = layout.values() == layout.channels() && image.values() != image.channels();
        return flat ? value : layout.place(channel, y, 0);
    }

    /** Adds floats to others. */
    static void add(MemorySegment from, long fromOffset, MemorySegment to, long toOffset, int floats) {
        for (int i = 0; i < floats; i++) {
            long o = toOffset + 4L * i;
            to.set(FLOAT, o, to.get(FLOAT, o) + from.get(FLOAT, fromOffset + 4L * i));
        }
    }

    /** {@code out = a + b} of some floats, through a ReLU if wanted. */
    static void sum(
            MemorySegment a,
            long aOffset,
            MemorySegment b,
            long bOffset,
            MemorySegment out,
            long outOffset,
            int floats,
            boolean relu) {
        float least = relu ? 0f : Float.NEGATIVE_INFINITY;
        for (int i = 0; i < floats; i++) {
            float sum = a.get(FLOAT, aOffset + 4L * i) + b.get(FLOAT, bOffset + 4L * i);
            out.set(FLOAT, outOffset + 4L * i, sum > least ? sum + 0f : relu ? 0f : sum);
        }
    }

    /** {@code out = scale x + shift} of some floats, through a ReLU if wanted. */
    static void affine(
            MemorySegment x,
            long xOffset,
            float scale,
            float shift,
            MemorySegment out,
            long outOffset,
            int floats,
            boolean relu) {
        for (int i = 0; i < floats; i++) {
            float y = Math.fma(scale, x.get(FLOAT, xOffset + 4L * i), shift);
            out.set(FLOAT, outOffset + 4L * i, relu && !(y > 0) ? 0f : y + 0f);
        }
    }

    /** {@code out = (x - mean) / deviation} of some floats. */
    static void normalise(
            MemorySegment x, long xOffset, float mean, float deviation, MemorySegment out, long outOffset, int floats) {
        for (int i = 0; i < floats; i++) {
            out.set(FLOAT, outOffset + 4L * i, (x.get(FLOAT, xOffset + 4L * i) - mean) / deviation);
        }
    }

    /** {@code out = scale x} of some floats, added to what is there if wanted. */
    static void scale(
            MemorySegment x, long xOffset, float scale, MemorySegment out, long outOffset, int floats, boolean add) {
        for (int i = 0; i < floats; i++) {
            float y = scale * x.get(FLOAT, xOffset + 4L * i);
            long o = outOffset + 4L * i;
            out.set(FLOAT, o, add ? out.get(FLOAT, o) + y : y + 0f);
        }
    }

    /** Zeroes a panel. */
    static void clear(ActivationPanels panels, int panel) {
        MemorySegment memory = panels.memory();
        long at = panels.row(panel, 0);
        int floats = panels.features() * LANES;
        for (int i = 0; i < floats; i++) {
            memory.set(FLOAT, at + 4L * i, 0f);
        }
    }
}
