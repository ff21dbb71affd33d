package org.espalier.engine;

import static org.espalier.engine.Lanes.FLOATS;
import static org.espalier.engine.Lanes.INTS;
import static org.espalier.engine.Lanes.LENGTH;
import static org.espalier.engine.Lanes.MEMORY;
import static org.espalier.engine.Lanes.ORDER;

import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
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

    static void load(byte[] images, int[] order, int first, int lanes, Panels out, int panel) {
        int features = out.features();
        int[] words = out.words;
        int[] starts = out.starts;
        Arrays.fill(words, lanes, Panels.LANES, 0);
        for (int lane = 0; lane < lanes; lane++) {
            starts[lane] = order[first + lane] * features;
        }
        int feature = 0;
        for (; feature + PIXELS <= features; feature += PIXELS) {
            for (int lane = 0; lane < lanes; lane++) {
                words[lane] = (int) WORD.get(images, starts[lane] + feature);
            }
            spread(words, out.memory().address() + out.row(panel, feature));
        }
        for (; feature < features; feature++) {
            for (int lane = 0; lane < Panels.LANES; lane++) {
                float value = lane < lanes ? (images[starts[lane] + feature] & 0xff) / 255f : 0f;
                out.memory().set(ValueLayout.JAVA_FLOAT, out.row(panel, feature) + lane * 4L, value);
            }
        }
    }

    private static void spread(int[] words, long out) {
        for (int lane = 0; lane < Panels.LANES; lane += LENGTH) {
            for (int pixel = 0; pixel < PIXELS; pixel++) {
                IntVector value = IntVector.fromArray(INTS, words, lane)
                        .lanewise(VectorOperators.LSHR, 8 * pixel)
                        .and(0xff);
                // pixel / 255 correctly rounded: the product with the reciprocal, mended by its exact remainder.
                FloatVector dividend = (FloatVector) value.convert(VectorOperators.I2F, 0);
                FloatVector quotient = dividend.mul(RECIPROCAL);
                FloatVector remainder = quotient.fma(FloatVector.broadcast(FLOATS, -255f), dividend);
                remainder
                        .fma(FloatVector.broadcast(FLOATS, RECIPROCAL), quotient)
                        .intoMemorySegment(MEMORY, out + pixel * Panels.ROW_BYTES + lane * 4L, ORDER);
            }
        }
    }
}
