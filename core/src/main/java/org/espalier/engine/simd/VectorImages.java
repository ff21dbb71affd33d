package org.espalier.engine.simd;

import static org.espalier.engine.simd.Lanes.FLOATS;
import static org.espalier.engine.simd.Lanes.INTS;
import static org.espalier.engine.simd.Lanes.LENGTH;
import static org.espalier.engine.simd.Lanes.MEMORY;
import static org.espalier.engine.simd.Lanes.ORDER;

import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import org.espalier.engine.ActivationPanels;

/**
 * Pixels to panels. Images lie one after the other, panels want one pixel of 64 images: four pixels of an image
 * are read as one word, a register takes the words of as many images, and shifts part the pixels.
 */
public final class VectorImages {
    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    /** 1 / 255 as a sum of two floats: a pixel times both is pixel / 255 correctly rounded (all 256 are tested). */
    private static final float HIGH = 1f / 255f;

    private static final float LOW = (float) (1.0 / 255 - HIGH);
    private static final int PIXELS = 4;
    /** Bytes of a cache line, or a part of one; which it is changes no result. */
    private static final int LINE = 64;

    private VectorImages() {}

    public static void load(byte[] images, int[] order, int first, int lanes, ActivationPanels out, int panel) {
        int features = out.features();
        int[] words = out.words;
        int[] starts = out.starts;
        Arrays.fill(words, lanes, ActivationPanels.LANES, 0);
        for (int lane = 0; lane < lanes; lane++) {
            starts[lane] = order[first + lane] * features;
        }
        words[0] = touch(images, starts, lanes, features); // never read; unused, it would not be computed
        int feature = 0;
        for (; feature + PIXELS <= features; feature += PIXELS) {
            for (int lane = 0; lane < lanes; lane++) {
                words[lane] = (int) WORD.get(images, starts[lane] + feature);
            }
            spread(words, out.memory().address() + out.row(panel, feature));
        }
        for (; feature < features; feature++) {
            for (int lane = 0; lane < ActivationPanels.LANES; lane++) {
                float value = lane < lanes ? (images[starts[lane] + feature] & 0xff) / 255f : 0f;
                out.memory().set(ValueLayout.JAVA_FLOAT, out.row(panel, feature) + lane * 4L, value);
            }
        }
    }

    /**
     * Reads a byte every 64, so that nearly all cache lines of the images are on their way from memory at once: the images of a
     * batch lie anywhere, and in what follows a line of each image would be waited for a dozen times.
     */
    private static int touch(byte[] images, int[] starts, int lanes, int features) {
        int sum = 0;
        for (int lane = 0; lane < lanes; lane++) {
            for (int at = starts[lane]; at < starts[lane] + features; at += LINE) {
                sum += images[at];
            }
        }
        return sum;
    }

    /** Four rows of pixels out of a word for each lane. */
    private static void spread(int[] words, long out) {
        FloatVector high = FloatVector.broadcast(FLOATS, HIGH);
        FloatVector low = FloatVector.broadcast(FLOATS, LOW);
        for (int lane = 0; lane < ActivationPanels.LANES; lane += LENGTH) {
            long to = out + lane * 4L;
            IntVector word = IntVector.fromArray(INTS, words, lane);
            FloatVector p0 = (FloatVector) word.and(0xff).convert(VectorOperators.I2F, 0);
            p0.fma(high, p0.mul(low)).intoMemorySegment(MEMORY, to, ORDER);
            FloatVector p1 = (FloatVector)
                    word.lanewise(VectorOperators.LSHR, 8).and(0xff).convert(VectorOperators.I2F, 0);
            p1.fma(high, p1.mul(low)).intoMemorySegment(MEMORY, to + ActivationPanels.ROW_BYTES, ORDER);
            FloatVector p2 = (FloatVector)
                    word.lanewise(VectorOperators.LSHR, 16).and(0xff).convert(VectorOperators.I2F, 0);
            p2.fma(high, p2.mul(low)).intoMemorySegment(MEMORY, to + 2 * ActivationPanels.ROW_BYTES, ORDER);
            FloatVector p3 =
                    (FloatVector) word.lanewise(VectorOperators.LSHR, 24).convert(VectorOperators.I2F, 0);
            p3.fma(high, p3.mul(low)).intoMemorySegment(MEMORY, to + 3 * ActivationPanels.ROW_BYTES, ORDER);
        }
    }
}
