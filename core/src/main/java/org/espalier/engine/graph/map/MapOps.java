package org.espalier.engine.graph.map;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.kernel.MapKernels;

/** Element by element work on whole panels, by kernels that give the same bits at every register width. */
public final class MapOps {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
    private static final int LANES = ActivationPanels.LANES;

    private MapOps() {}

    /** Zeroes a gradient where the value that went through a ReLU is not above 0. Both have one layout. */
    public static void gate(
            MapKernels kernels, ActivationPanels gradient, int gradientPanel, ActivationPanels value, int panel) {
        kernels.gate(
                gradient.memory(),
                gradient.row(gradientPanel, 0),
                value.memory(),
                value.row(panel, 0),
                gradient.features() * LANES);
    }

    /** Copies a row of lanes into an array. */
    public static void load(MemorySegment from, long fromOffset, float[] to) {
        for (int i = 0; i < LANES; i++) {
            to[i] = from.get(FLOAT, fromOffset + 4L * i);
        }
    }

    /** Takes the bounds {@code c - d} and {@code c + d} of a row of lanes, or raises those that stand there to them. */
    public static void maxBounds(
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
    public static void middle(
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

    /** Passes a gradient to the first place of a window that holds its bound: where {@code c + d}, or {@code c - d}, is the window's. */
    public static void routeBound(
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
    public static void addScaled(MemorySegment a, long aOffset, float b, MemorySegment sums, long sumsOffset) {
        for (int i = 0; i < LANES; i++) {
            long o = sumsOffset + 4L * i;
            sums.set(FLOAT, o, Math.fma(a.get(FLOAT, aOffset + 4L * i), b, sums.get(FLOAT, o)));
        }
    }

    /** Copies the values of a panel from one layout to another; both have the same values in the same order. */
    public static void move(
            ActivationPanels from,
            MapLayout fromLayout,
            int fromPanel,
            ActivationPanels to,
            MapLayout toLayout,
            int toPanel) {
        // A flat side has a row for each value, so runs are the image's rows.
        MapLayout image = fromLayout.values() == fromLayout.channels() ? toLayout : fromLayout;
        int row = 0;
        for (int c = 0; c < image.channels(); c++) {
            for (int y = 0; y < image.height(); y++) {
                MemorySegment.copy(
                        from.memory(),
                        from.row(fromPanel, place(fromLayout, image, c, y, row)),
                        to.memory(),
                        to.row(toPanel, place(toLayout, image, c, y, row)),
                        image.width() * ActivationPanels.ROW_BYTES);
                row += image.width();
            }
        }
    }

    private static int place(MapLayout layout, MapLayout image, int channel, int y, int value) {
        boolean flat = layout.values() == layout.channels() && image.values() != image.channels();
        return flat ? value : layout.place(channel, y, 0);
    }

    /** Zeroes a panel. */
    public static void clear(MapKernels kernels, ActivationPanels panels, int panel) {
        kernels.clear(panels.memory(), panels.row(panel, 0), panels.features() * LANES);
    }
}
