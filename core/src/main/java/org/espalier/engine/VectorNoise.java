package org.espalier.engine;

import static org.espalier.engine.Lanes.INTS;
import static org.espalier.engine.Lanes.LENGTH;
import static org.espalier.engine.Lanes.ORDER;
import static org.espalier.engine.Lanes.all;
import static org.espalier.engine.Lanes.ints;
import static org.espalier.engine.Lanes.load;
import static org.espalier.engine.Lanes.zero;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import org.espalier.random.Threefry;

/**
 * Threefry in registers, one lane per example. One block gives two words, which serve a pair of neighbouring
 * features, so the words of a pair are made together when both are wanted.
 */
final class VectorNoise {
    private VectorNoise() {}

    static void uniform(
            int key0,
            int key1,
            int firstExample,
            MemorySegment clean,
            long cleanOffset,
            MemorySegment out,
            long outOffset,
            int[] features,
            float epsilon) {
        for (int f = 0; f < features.length; f++) {
            int feature = features[f];
            boolean both = (feature & 1) == 0 && f + 1 < features.length && features[f + 1] == feature + 1;
            for (int lane = 0; lane < Panels.LANES; lane += LENGTH) {
                IntVector examples =
                        IntVector.broadcast(INTS, firstExample + lane).addIndex(1);
                long at = feature * Panels.ROW_BYTES + lane * 4L;
                block(key0, key1, examples, feature, both, clean, cleanOffset + at, out, outOffset + at, epsilon);
            }
            if (both) {
                f++;
            }
        }
    }

    private static void block(
            int key0,
            int key1,
            IntVector examples,
            int feature,
            boolean both,
            MemorySegment clean,
            long from,
            MemorySegment out,
            long to,
            float epsilon) {
        int key2 = Threefry.PARITY ^ key0 ^ key1;
        IntVector x0 = examples.add(key0);
        IntVector x1 = ints((feature >> 1) + key1);
        // Four rounds and a key injection, five times, as in Threefry.block.
        x0 = x0.add(x1);
        x1 = mix(x1, 13, x0);
        x0 = x0.add(x1);
        x1 = mix(x1, 15, x0);
        x0 = x0.add(x1);
        x1 = mix(x1, 26, x0);
        x0 = x0.add(x1);
        x1 = mix(x1, 6, x0);
        x0 = x0.add(key1);
        x1 = x1.add(key2 + 1);
        x0 = x0.add(x1);
        x1 = mix(x1, 17, x0);
        x0 = x0.add(x1);
        x1 = mix(x1, 29, x0);
        x0 = x0.add(x1);
        x1 = mix(x1, 16, x0);
        x0 = x0.add(x1);
        x1 = mix(x1, 24, x0);
        x0 = x0.add(key2);
        x1 = x1.add(key0 + 2);
        finish(key0, key1, key2, x0, x1, feature, both, clean, from, out, to, epsilon);
    }

    /** Rounds 9 to 20; a method of its own to stay below the size at which C2 stops inlining. */
    private static void finish(
            int key0,
            int key1,
            int key2,
            IntVector x0,
            IntVector x1,
            int feature,
            boolean both,
            MemorySegment clean,
            long from,
            MemorySegment out,
            long to,
            float epsilon) {
        x0 = x0.add(x1);
        x1 = mix(x1, 13, x0);
        x0 = x0.add(x1);
        x1 = mix(x1, 15, x0);
        x0 = x0.add(x1);
        x1 = mix(x1, 26, x0);
        x0 = x0.add(x1);
        x1 = mix(x1, 6, x0);
        x0 = x0.add(key0);
        x1 = x1.add(key1 + 3);
        x0 = x0.add(x1);
        x1 = mix(x1, 17, x0);
        x0 = x0.add(x1);
        x1 = mix(x1, 29, x0);
        x0 = x0.add(x1);
        x1 = mix(x1, 16, x0);
        x0 = x0.add(x1);
        x1 = mix(x1, 24, x0);
        x0 = x0.add(key1);
        x1 = x1.add(key2 + 4);
        x0 = x0.add(x1);
        x1 = mix(x1, 13, x0);
        x0 = x0.add(x1);
        x1 = mix(x1, 15, x0);
        x0 = x0.add(x1);
        x1 = mix(x1, 26, x0);
        x0 = x0.add(x1);
        x1 = mix(x1, 6, x0);
        x0 = x0.add(key2);
        x1 = x1.add(key0 + 5);
        put((feature & 1) == 0 ? x0 : x1, clean, from, out, to, epsilon);
        if (both) {
            put(x1, clean, from + Panels.ROW_BYTES, out, to + Panels.ROW_BYTES, epsilon);
        }
    }

    private static IntVector mix(IntVector x1, int rotation, IntVector x0) {
        return x1.lanewise(VectorOperators.ROL, rotation).lanewise(VectorOperators.XOR, x0);
    }

    private static void put(
            IntVector words, MemorySegment clean, long from, MemorySegment out, long to, float epsilon) {
        FloatVector unit =
                ((FloatVector) words.lanewise(VectorOperators.LSHR, 8).convert(VectorOperators.I2F, 0)).mul(0x1p-24f);
        FloatVector value = load(clean, from).add(unit.fma(all(2 * epsilon), all(-epsilon)));
        Lanes.atMost(Lanes.atLeast(value, zero()), all(1f)).intoMemorySegment(out, to, ORDER);
    }
}
