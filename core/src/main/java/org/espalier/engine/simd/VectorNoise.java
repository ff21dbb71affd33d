package org.espalier.engine.simd;

import static org.espalier.engine.simd.Lanes.FLOATS;
import static org.espalier.engine.simd.Lanes.INTS;
import static org.espalier.engine.simd.Lanes.MEMORY;
import static org.espalier.engine.simd.Lanes.ORDER;
import static org.espalier.engine.simd.Lanes.REGISTER;
import static org.espalier.engine.simd.Lanes.ROW;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import org.espalier.engine.ActivationPanels;
import org.espalier.random.Threefry;

/**
 * Threefry in registers, one lane per example. One block gives two words, which serve a pair of neighbouring
 * features. The rounds are parted over two methods, with the state in the output rows between them, to stay
 * below the size at which C2 stops inlining.
 */
public final class VectorNoise {
    private VectorNoise() {}

    public static void uniform(
            int key0,
            int key1,
            int[] examples,
            int firstExample,
            long clean,
            long out,
            int[] features,
            float epsilon,
            long scratch) {
        for (int f = 0; f < features.length; f++) {
            int feature = features[f];
            long row = feature * ActivationPanels.ROW_BYTES;
            firstRounds(key0, key1, examples, firstExample, feature >> 1, scratch);
            lastRounds(key0, key1, scratch);
            long word = (feature & 1) * ActivationPanels.ROW_BYTES;
            put(scratch + word, clean + row, out + row, epsilon);
            if (word == 0 && f + 1 < features.length && features[f + 1] == feature + 1) {
                f++;
                row += ActivationPanels.ROW_BYTES;
                put(scratch + ActivationPanels.ROW_BYTES, clean + row, out + row, epsilon);
            }
        }
    }

    /** Rounds 1 to 8 of {@link Threefry#block}, with their key injections. */
    private static void firstRounds(int key0, int key1, int[] examples, int firstExample, int pair, long state) {
        int key2 = Threefry.PARITY ^ key0 ^ key1;
        for (int at = 0; at < ROW; at += REGISTER) {
            IntVector x0 =
                    IntVector.fromArray(INTS, examples, firstExample + at / 4).add(key0);
            IntVector x1 = IntVector.broadcast(INTS, pair + key1);
            x0 = x0.add(x1);
            x1 = x1.lanewise(VectorOperators.ROL, 13).lanewise(VectorOperators.XOR, x0);
            x0 = x0.add(x1);
            x1 = x1.lanewise(VectorOperators.ROL, 15).lanewise(VectorOperators.XOR, x0);
            x0 = x0.add(x1);
            x1 = x1.lanewise(VectorOperators.ROL, 26).lanewise(VectorOperators.XOR, x0);
            x0 = x0.add(x1);
            x1 = x1.lanewise(VectorOperators.ROL, 6).lanewise(VectorOperators.XOR, x0);
            x0 = x0.add(key1);
            x1 = x1.add(key2 + 1);
            x0 = x0.add(x1);
            x1 = x1.lanewise(VectorOperators.ROL, 17).lanewise(VectorOperators.XOR, x0);
            x0 = x0.add(x1);
            x1 = x1.lanewise(VectorOperators.ROL, 29).lanewise(VectorOperators.XOR, x0);
            x0 = x0.add(x1);
            x1 = x1.lanewise(VectorOperators.ROL, 16).lanewise(VectorOperators.XOR, x0);
            x0 = x0.add(x1);
            x1 = x1.lanewise(VectorOperators.ROL, 24).lanewise(VectorOperators.XOR, x0);
            x0.add(key2).intoMemorySegment(MEMORY, state + at, ORDER);
            x1.add(key0 + 2).intoMemorySegment(MEMORY, state + ActivationPanels.ROW_BYTES + at, ORDER);
        }
    }

    /** Rounds 9 to 20. */
    private static void lastRounds(int key0, int key1, long state) {
        int key2 = Threefry.PARITY ^ key0 ^ key1;
        for (int at = 0; at < ROW; at += REGISTER) {
            IntVector x0 = IntVector.fromMemorySegment(INTS, MEMORY, state + at, ORDER);
            IntVector x1 = IntVector.fromMemorySegment(INTS, MEMORY, state + ActivationPanels.ROW_BYTES + at, ORDER);
            x0 = x0.add(x1);
            x1 = x1.lanewise(VectorOperators.ROL, 13).lanewise(VectorOperators.XOR, x0);
            x0 = x0.add(x1);
            x1 = x1.lanewise(VectorOperators.ROL, 15).lanewise(VectorOperators.XOR, x0);
            x0 = x0.add(x1);
            x1 = x1.lanewise(VectorOperators.ROL, 26).lanewise(VectorOperators.XOR, x0);
            x0 = x0.add(x1);
            x1 = x1.lanewise(VectorOperators.ROL, 6).lanewise(VectorOperators.XOR, x0);
            x0 = x0.add(key0);
            x1 = x1.add(key1 + 3);
            x0 = x0.add(x1);
            x1 = x1.lanewise(VectorOperators.ROL, 17).lanewise(VectorOperators.XOR, x0);
            x0 = x0.add(x1);
            x1 = x1.lanewise(VectorOperators.ROL, 29).lanewise(VectorOperators.XOR, x0);
            x0 = x0.add(x1);
            x1 = x1.lanewise(VectorOperators.ROL, 16).lanewise(VectorOperators.XOR, x0);
            x0 = x0.add(x1);
            x1 = x1.lanewise(VectorOperators.ROL, 24).lanewise(VectorOperators.XOR, x0);
            x0 = x0.add(key1);
            x1 = x1.add(key2 + 4);
            x0 = x0.add(x1);
            x1 = x1.lanewise(VectorOperators.ROL, 13).lanewise(VectorOperators.XOR, x0);
            x0 = x0.add(x1);
            x1 = x1.lanewise(VectorOperators.ROL, 15).lanewise(VectorOperators.XOR, x0);
            x0 = x0.add(x1);
            x1 = x1.lanewise(VectorOperators.ROL, 26).lanewise(VectorOperators.XOR, x0);
            x0 = x0.add(x1);
            x1 = x1.lanewise(VectorOperators.ROL, 6).lanewise(VectorOperators.XOR, x0);
            x0.add(key2).intoMemorySegment(MEMORY, state + at, ORDER);
            x1.add(key0 + 5).intoMemorySegment(MEMORY, state + ActivationPanels.ROW_BYTES + at, ORDER);
        }
    }

    /** A row of words to a row of noisy inputs, clipped as in {@link VectorSteps}. */
    private static void put(long words, long from, long to, float epsilon) {
        IntVector none = IntVector.zero(INTS);
        IntVector one = IntVector.broadcast(INTS, Float.floatToRawIntBits(1f));
        FloatVector width = FloatVector.broadcast(FLOATS, 2 * epsilon);
        FloatVector least = FloatVector.broadcast(FLOATS, -epsilon);
        for (int at = 0; at < ROW; at += REGISTER) {
            IntVector word = IntVector.fromMemorySegment(INTS, MEMORY, words + at, ORDER);
            FloatVector unit = ((FloatVector)
                            word.lanewise(VectorOperators.LSHR, 8).convert(VectorOperators.I2F, 0))
                    .mul(0x1p-24f);
            FloatVector noise = unit.fma(width, least);
            FloatVector.fromMemorySegment(FLOATS, MEMORY, from + at, ORDER)
                    .add(noise)
                    .reinterpretAsInts()
                    .max(none)
                    .min(one)
                    .intoMemorySegment(MEMORY, to + at, ORDER);
        }
    }
}
