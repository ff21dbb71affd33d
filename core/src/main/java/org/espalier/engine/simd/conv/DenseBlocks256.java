package org.espalier.engine.simd.conv;

import static org.espalier.engine.simd.Lanes.BYTES;
import static org.espalier.engine.simd.Lanes.FLOATS;
import static org.espalier.engine.simd.Lanes.MEMORY;
import static org.espalier.engine.simd.Lanes.ORDER;

import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import org.espalier.engine.ActivationPanels;

/**
 * {@link DenseBlocks512} with 16 registers, over the lanes of four of them: 12 accumulators where C2 can be trusted with them
 * ({@link org.espalier.engine.simd.Lanes#TWELVE_CHAINS}), else 8. Chains begin and end in memory, and {@link #finish} is a pass of
 * its own: C2 keeps an accumulator in memory for the whole loop where the end of the method needs more registers than there
 * are. A term is 16 bytes that follow one another, an offset and up to three weights, so that a turn needs one address and
 * C2 loads all weights before the first activations.
 */
final class DenseBlocks256 {
    /** Bytes of a term: its offset, then the weights of the block's channels. */
    static final int TERM = 16;

    private DenseBlocks256() {}

    /** Begins the chains of one output, for all lanes of a panel. */
    static void start(long o, float bias) {
        FloatVector all = FloatVector.broadcast(FLOATS, bias);
        for (int at = 0; at < ActivationPanels.ROW_BYTES; at += (int) BYTES) {
            all.intoMemorySegment(MEMORY, o + at, ORDER);
        }
    }

    /** Ends the chains of one output: sums below a limit become 0, and no zero keeps a sign. */
    static void finish(long o, float below) {
        FloatVector zero = FloatVector.zero(FLOATS);
        FloatVector limit = FloatVector.broadcast(FLOATS, below);
        for (int at = 0; at < ActivationPanels.ROW_BYTES; at += (int) BYTES) {
            FloatVector sum = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + at, ORDER);
            sum.blend(zero, sum.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o + at, ORDER);
        }
    }

    /** Three channels at one position: adds {@code end} bytes of terms to their chains. */
    static void three(long terms, int end, long x, long o, long channel) {
        FloatVector a0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o, ORDER);
        FloatVector a1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + BYTES, ORDER);
        FloatVector a2 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 2 * BYTES, ORDER);
        FloatVector a3 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 3 * BYTES, ORDER);
        FloatVector b0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + channel, ORDER);
        FloatVector b1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + channel + BYTES, ORDER);
        FloatVector b2 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + channel + 2 * BYTES, ORDER);
        FloatVector b3 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + channel + 3 * BYTES, ORDER);
        FloatVector c0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 2 * channel, ORDER);
        FloatVector c1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 2 * channel + BYTES, ORDER);
        FloatVector c2 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 2 * channel + 2 * BYTES, ORDER);
        FloatVector c3 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 2 * channel + 3 * BYTES, ORDER);
        for (int k = 0; k < end; k += TERM) {
            long term = terms + k;
            long at = x + MEMORY.get(ValueLayout.JAVA_INT_UNALIGNED, term);
            FloatVector w0 = FloatVector.broadcast(FLOATS, MEMORY.get(ValueLayout.JAVA_FLOAT_UNALIGNED, term + 4));
            FloatVector w1 = FloatVector.broadcast(FLOATS, MEMORY.get(ValueLayout.JAVA_FLOAT_UNALIGNED, term + 8));
            FloatVector w2 = FloatVector.broadcast(FLOATS, MEMORY.get(ValueLayout.JAVA_FLOAT_UNALIGNED, term + 12));
            FloatVector x0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER);
            a0 = w0.fma(x0, a0);
            b0 = w1.fma(x0, b0);
            c0 = w2.fma(x0, c0);
            FloatVector x1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + BYTES, ORDER);
            a1 = w0.fma(x1, a1);
            b1 = w1.fma(x1, b1);
            c1 = w2.fma(x1, c1);
            FloatVector x2 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 2 * BYTES, ORDER);
            a2 = w0.fma(x2, a2);
            b2 = w1.fma(x2, b2);
            c2 = w2.fma(x2, c2);
            FloatVector x3 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 3 * BYTES, ORDER);
            a3 = w0.fma(x3, a3);
            b3 = w1.fma(x3, b3);
            c3 = w2.fma(x3, c3);
        }
        a0.intoMemorySegment(MEMORY, o, ORDER);
        a1.intoMemorySegment(MEMORY, o + BYTES, ORDER);
        a2.intoMemorySegment(MEMORY, o + 2 * BYTES, ORDER);
        a3.intoMemorySegment(MEMORY, o + 3 * BYTES, ORDER);
        b0.intoMemorySegment(MEMORY, o + channel, ORDER);
        b1.intoMemorySegment(MEMORY, o + channel + BYTES, ORDER);
        b2.intoMemorySegment(MEMORY, o + channel + 2 * BYTES, ORDER);
        b3.intoMemorySegment(MEMORY, o + channel + 3 * BYTES, ORDER);
        c0.intoMemorySegment(MEMORY, o + 2 * channel, ORDER);
        c1.intoMemorySegment(MEMORY, o + 2 * channel + BYTES, ORDER);
        c2.intoMemorySegment(MEMORY, o + 2 * channel + 2 * BYTES, ORDER);
        c3.intoMemorySegment(MEMORY, o + 2 * channel + 3 * BYTES, ORDER);
    }

    /** Two channels at one position. */
    static void two(long terms, int end, long x, long o, long channel) {
        FloatVector a0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o, ORDER);
        FloatVector a1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + BYTES, ORDER);
        FloatVector a2 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 2 * BYTES, ORDER);
        FloatVector a3 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 3 * BYTES, ORDER);
        FloatVector b0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + channel, ORDER);
        FloatVector b1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + channel + BYTES, ORDER);
        FloatVector b2 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + channel + 2 * BYTES, ORDER);
        FloatVector b3 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + channel + 3 * BYTES, ORDER);
        for (int k = 0; k < end; k += TERM) {
            long term = terms + k;
            long at = x + MEMORY.get(ValueLayout.JAVA_INT_UNALIGNED, term);
            FloatVector w0 = FloatVector.broadcast(FLOATS, MEMORY.get(ValueLayout.JAVA_FLOAT_UNALIGNED, term + 4));
            FloatVector w1 = FloatVector.broadcast(FLOATS, MEMORY.get(ValueLayout.JAVA_FLOAT_UNALIGNED, term + 8));
            FloatVector x0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER);
            a0 = w0.fma(x0, a0);
            b0 = w1.fma(x0, b0);
            FloatVector x1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + BYTES, ORDER);
            a1 = w0.fma(x1, a1);
            b1 = w1.fma(x1, b1);
            FloatVector x2 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 2 * BYTES, ORDER);
            a2 = w0.fma(x2, a2);
            b2 = w1.fma(x2, b2);
            FloatVector x3 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 3 * BYTES, ORDER);
            a3 = w0.fma(x3, a3);
            b3 = w1.fma(x3, b3);
        }
        a0.intoMemorySegment(MEMORY, o, ORDER);
        a1.intoMemorySegment(MEMORY, o + BYTES, ORDER);
        a2.intoMemorySegment(MEMORY, o + 2 * BYTES, ORDER);
        a3.intoMemorySegment(MEMORY, o + 3 * BYTES, ORDER);
        b0.intoMemorySegment(MEMORY, o + channel, ORDER);
        b1.intoMemorySegment(MEMORY, o + channel + BYTES, ORDER);
        b2.intoMemorySegment(MEMORY, o + channel + 2 * BYTES, ORDER);
        b3.intoMemorySegment(MEMORY, o + channel + 3 * BYTES, ORDER);
    }
}
