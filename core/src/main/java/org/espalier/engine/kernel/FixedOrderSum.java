package org.espalier.engine.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.espalier.engine.ActivationPanels;

/**
 * The one order in which sums over a batch are taken: lane modulo 16 gives 16 chains, each in lane order over
 * all panels, joined by the tree (0+8, 1+9, ...), then distances 4, 2 and 1.
 */
public final class FixedOrderSum {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
    public static final int COLUMNS = 16;

    private FixedOrderSum() {}

    /** Sum over lanes of a b; a and b are rows in the first panel, the next panel's stand a stride further. */
    public static float dot(
            MemorySegment a, long aOffset, long aPanel, MemorySegment b, long bOffset, long bPanel, int panels) {
        float s0 = pair(0, a, aOffset, aPanel, b, bOffset, bPanel, panels);
        float s1 = pair(1, a, aOffset, aPanel, b, bOffset, bPanel, panels);
        float s2 = pair(2, a, aOffset, aPanel, b, bOffset, bPanel, panels);
        float s3 = pair(3, a, aOffset, aPanel, b, bOffset, bPanel, panels);
        return ((s0 + s2) + (s1 + s3)) + 0f;
    }

    /** Sum over lanes of one row: the gradient of a bias. */
    public static float sum(MemorySegment a, long aOffset, long aPanel, int panels) {
        return sum(a, aOffset, aPanel, panels, new float[COLUMNS]);
    }

    /**
     * The same without an allocation.
     *
     * @param columns room for the chains, {@value #COLUMNS} floats, which are overwritten
     */
    public static float sum(MemorySegment a, long aOffset, long aPanel, int panels, float[] columns) {
        Arrays.fill(columns, 0f);
        for (int p = 0; p < panels; p++) {
            for (int lane = 0; lane < ActivationPanels.LANES; lane++) {
                columns[lane % COLUMNS] += a.get(FLOAT, aOffset + p * aPanel + lane * 4L);
            }
        }
        return tree(columns);
    }

    /** Joins 16 chains, which are overwritten. */
    public static float tree(float[] columns) {
        for (int distance = COLUMNS / 2; distance > 0; distance /= 2) {
            for (int c = 0; c < distance; c++) {
                columns[c] += columns[c + distance];
            }
        }
        return columns[0] + 0f;
    }

    private static float pair(
            int c, MemorySegment a, long aOffset, long aPanel, MemorySegment b, long bOffset, long bPanel, int panels) {
        return (column(c, a, aOffset, aPanel, b, bOffset, bPanel, panels)
                        + column(c + 8, a, aOffset, aPanel, b, bOffset, bPanel, panels))
                + (column(c + 4, a, aOffset, aPanel, b, bOffset, bPanel, panels)
                        + column(c + 12, a, aOffset, aPanel, b, bOffset, bPanel, panels));
    }

    private static float column(
            int c, MemorySegment a, long aOffset, long aPanel, MemorySegment b, long bOffset, long bPanel, int panels) {
        float sum = 0f;
        for (int p = 0; p < panels; p++) {
            for (int lane = c; lane < ActivationPanels.LANES; lane += COLUMNS) {
                sum = Math.fma(
                        a.get(FLOAT, aOffset + p * aPanel + lane * 4L),
                        b.get(FLOAT, bOffset + p * bPanel + lane * 4L),
                        sum);
            }
        }
        return sum;
    }
}
