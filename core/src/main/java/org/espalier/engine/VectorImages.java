package org.espalier.engine;

import static org.espalier.engine.Lanes.INTS;
import static org.espalier.engine.Lanes.LENGTH;
import static org.espalier.engine.Lanes.ORDER;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Pixels to panels. Images lie one after the other, panels want one pixel of 64 images: four pixels of an image
 * are read as one word, a register takes the words of as many images, and shifts part the pixels.
 */
final class VectorImages {
    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final float RECIPROCAL = 1f / 255f;
    private static final int PIXELS = 4;

    private VectorImages() {}

    static void load(
            byte[] images, int features, int[] order, int first, int lanes, MemorySegment out, long outOffset) {
        int[] words = new int[Panels.LANES]; // escapes nowhere: C2 keeps it off the heap or it dies young
        int[] starts = new int[Panels.LANES];
        for (int lane = 0; lane < lanes; lane++) {
            starts[lane] = order[first + lane] * features;
        }
        int feature = 0;
        for (; feature + PIXELS <= features; feature += PIXELS) {
            for (int lane = 0; lane < lanes; lane++) {
                words[lane] = (int) WORD.get(images, starts[lane] + feature);
            }
            spread(words, out, outOffset + feature * Panels.ROW_BYTES);
        }
        for (; feature < features; feature++) {
            for (int lane = 0; lane < Panels.LANES; lane++) {
                float value = lane < lanes ? (images[starts[lane] + feature] & 0xff) / 255f : 0f;
                out.set(
                        java.lang.foreign.ValueLayout.JAVA_FLOAT,
                        outOffset + feature * Panels.ROW_BYTES + lane * 4L,
                        value);
            }
        }
    }

    private static void spread(int[] words, MemorySegment out, long offset) {
        for (int lane = 0; lane < Panels.LANES; lane += LENGTH) {
            IntVector word = IntVector.fromArray(INTS, words, lane);
            long at = offset + lane * 4L;
            unit(word.and(0xff)).intoMemorySegment(out, at, ORDER);
            unit(word.lanewise(VectorOperators.LSHR, 8).and(0xff)).intoMemorySegment(out, at + Panels.ROW_BYTES, ORDER);
            unit(word.lanewise(VectorOperators.LSHR, 16).and(0xff))
                    .intoMemorySegment(out, at + 2 * Panels.ROW_BYTES, ORDER);
            unit(word.lanewise(VectorOperators.LSHR, 24)).intoMemorySegment(out, at + 3 * Panels.ROW_BYTES, ORDER);
        }
    }

    /** pixel / 255 correctly rounded: the product with the reciprocal, mended by its exact remainder. */
    private static FloatVector unit(IntVector pixel) {
        FloatVector value = (FloatVector) pixel.convert(VectorOperators.I2F, 0);
        FloatVector quotient = value.mul(RECIPROCAL);
        FloatVector remainder = quotient.fma(Lanes.all(-255f), value);
        return remainder.fma(Lanes.all(RECIPROCAL), quotient);
    }
}
