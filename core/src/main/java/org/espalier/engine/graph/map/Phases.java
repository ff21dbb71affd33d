package org.espalier.engine.graph.map;

import java.util.ArrayList;
import java.util.List;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.kernel.ConvKernels;
import org.espalier.network.Operation;
import org.espalier.network.Shape;

/**
 * The input gradient of a convolution of stride s as s x s convolutions of stride 1 over the outputs' gradient. With padded rows
 * {@code u = row + padding}, the rows with {@code u = a + m s} read the taps {@code a + t s} of the window, of output rows
 * {@code m - t}; columns likewise. Near the border some of these lie outside and their terms are zero. Where leaving them out
 * pays, a phase is cut into parts whose positions read the same taps, and no part reads the border.
 */
public final class Phases {
    /** Terms of all parts, at most: they are copied after each update. */
    private static final long MOST_TERMS = 1 << 20;

    private Phases() {}

    /**
     * One dimension of a phase.
     *
     * @param tap first tap, below the stride
     * @param taps number of taps, {@code tap}, {@code tap + stride} and so on; 0 where the window has none
     * @param from first m
     * @param count number of m; may be 0
     * @param first row (or column) of the input that the first m stands for
     */
    public record Side(int tap, int taps, int from, int count, int first) {
        /** First output row that is read, below 0 in the border. */
        public int lowest() {
            return from - Math.max(0, taps - 1);
        }

        /** Last output row that is read. */
        public int highest() {
            return from + count - 1;
        }

        /** Which of this side's taps a row of the window is, or -1. */
        public int tapOf(int row, int stride) {
            int steps = row - tap;
            return steps >= 0 && steps % stride == 0 && steps / stride < taps ? steps / stride : -1;
        }

        /** Parts whose positions read the same taps of the outputs that there are. */
        private List<Side> parts(int stride, int outputs) {
            List<Side> parts = new ArrayList<>();
            for (int m = from; m < from + count; ) {
                int low = lowestTap(m, outputs);
                int read = tapsRead(m, outputs);
                int end = m + 1;
                while (end < from + count && lowestTap(end, outputs) == low && tapsRead(end, outputs) == read) {
                    end++;
                }
                parts.add(new Side(tap + low * stride, read, m - low, end - m, first + (m - from) * stride));
                m = end;
            }
            return parts;
        }

        private int lowestTap(int m, int outputs) {
            return tapsRead(m, outputs) == 0 ? 0 : Math.max(0, m - (outputs - 1));
        }

        private int tapsRead(int m, int outputs) {
            return Math.max(0, Math.min(taps - 1, m) - Math.max(0, m - (outputs - 1)) + 1);
        }
    }

    /** One phase: rows and columns. */
    public record Phase(Side rows, Side columns) {
        /** Terms of an input's gradient. */
        public int depth(Operation.Conv2d conv) {
            return conv.outputs() * rows.taps() * columns.taps();
        }

        /**
         * Where the inputs' gradients stand and where their windows in the outputs' gradient begin.
         *
         * @param from layout of the outputs' gradient
         * @param to layout of the inputs' gradient
         */
        public ConvKernels.Positions positions(Operation.Conv2d conv, MapLayout from, MapLayout to) {
            int row = (int) ActivationPanels.ROW_BYTES;
            return new ConvKernels.Positions(
                    rows.count(),
                    columns.count(),
                    from.rowBytes(),
                    row,
                    conv.stride() * to.rowBytes(),
                    conv.stride() * row,
                    to.planeBytes());
        }

        /** Byte offset of the first window in a panel of the outputs' gradient. */
        public int windows(MapLayout from) {
            return from.offset(0, rows.lowest(), columns.lowest());
        }

        /** Byte offset of the first input's gradient in a panel. */
        public int inputs(MapLayout to) {
            return to.offset(0, rows.first(), columns.first());
        }

        /** Byte offset in a window of an output channel and a tap of each dimension (0 to taps - 1). */
        public int tap(MapLayout from, int output, int row, int column) {
            return Math.toIntExact(output * from.planeBytes()
                    + (long) (rows.taps() - 1 - row) * from.rowBytes()
                    + (columns.taps() - 1 - column) * ActivationPanels.ROW_BYTES);
        }
    }

    /**
     * The phases of a convolution that have an input, or their parts.
     *
     * @param out shape of its output
     */
    public static List<Phase> of(Operation.Conv2d conv, Shape in, Shape out) {
        List<Phase> whole = whole(conv, in);
        List<Phase> parts = new ArrayList<>();
        for (Phase phase : whole) {
            for (Side rows : phase.rows().parts(conv.stride(), out.size(1))) {
                for (Side columns : phase.columns().parts(conv.stride(), out.size(2))) {
                    parts.add(new Phase(rows, columns));
                }
            }
        }
        long channels = (long) conv.inputs() * conv.outputs();
        long more = terms(parts) - terms(whole);
        // A term that is left out saves 4 cycles at each position, with 512 bits, and one that is copied costs about 6
        // an update.
        boolean pays = 4 * (products(whole) - products(parts)) > 6 * more && terms(parts) * channels <= MOST_TERMS;
        return pays ? parts : whole;
    }

    private static long terms(List<Phase> phases) {
        return phases.stream()
                .mapToLong(phase -> (long) phase.rows().taps() * phase.columns().taps())
                .sum();
    }

    private static long products(List<Phase> phases) {
        return phases.stream()
                .mapToLong(phase -> (long) phase.rows().taps()
                        * phase.rows().count()
                        * phase.columns().taps()
                        * phase.columns().count())
                .sum();
    }

    private static List<Phase> whole(Operation.Conv2d conv, Shape in) {
        List<Phase> phases = new ArrayList<>();
        for (int y = 0; y < conv.stride(); y++) {
            for (int x = 0; x < conv.stride(); x++) {
                Phase phase = new Phase(side(conv, y, in.size(1)), side(conv, x, in.size(2)));
                if (phase.rows().count() > 0 && phase.columns().count() > 0) {
                    phases.add(phase);
                }
            }
        }
        return phases;
    }

    private static Side side(Operation.Conv2d conv, int tap, int size) {
        int taps = tap < conv.kernel() ? (conv.kernel() - tap + conv.stride() - 1) / conv.stride() : 0;
        int from = Math.ceilDiv(conv.padding() - tap, conv.stride());
        int to = Math.floorDiv(conv.padding() + size - 1 - tap, conv.stride());
        return new Side(tap, taps, from, to - from + 1, tap + from * conv.stride() - conv.padding());
    }

    /** Border that the outputs' gradient needs so that no window is clipped. */
    public static int border(Operation.Conv2d conv, Shape in, Shape out) {
        int border = 0;
        for (Phase phase : of(conv, in, out)) {
            if (phase.depth(conv) == 0) {
                continue; // reads nothing
            }
            border = Math.max(border, border(phase.rows(), out.size(1)));
            border = Math.max(border, border(phase.columns(), out.size(2)));
        }
        return border;
    }

    private static int border(Side side, int outputs) {
        return Math.max(0, Math.max(-side.lowest(), side.highest() - (outputs - 1)));
    }
}
