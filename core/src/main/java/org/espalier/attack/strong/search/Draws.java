package org.espalier.attack.strong.search;

import org.espalier.attack.strong.Target;
import org.espalier.attack.strong.Tile;
import org.espalier.random.Stream;

/**
 * Random points for attacks. An input's number depends only on the stream, the example's number and the input's index,
 * not on the mask or on other examples.
 */
public final class Draws {
    private Draws() {}

    /** Numbers uniform in [-1, 1], one per live input, into every example of {@code out}. */
    public static void uniform(Target target, Stream stream, long[] numbers, Tile out) {
        for (int e = 0; e < out.examples(); e++) {
            Stream own = stream.child(numbers[e]);
            for (int row = 0; row < out.rows(); row++) {
                out.set(row, e, 2 * own.uniform(target.live()[row]) - 1);
            }
        }
    }

    /** Nearly Gaussian numbers, one per live input, into every example of {@code out}; see {@link #gaussian}. */
    public static void gaussian(Target target, Stream stream, long[] numbers, Tile out) {
        for (int e = 0; e < out.examples(); e++) {
            Stream own = stream.child(numbers[e]);
            for (int row = 0; row < out.rows(); row++) {
                out.set(row, e, gaussian(own, target.live()[row]));
            }
        }
    }

    /**
     * A nearly Gaussian number of mean 0 and variance 1: the sum of four uniform numbers of 16 bits. It is used for
     * directions only, so its tails do not matter. It takes a tenth of the time of a logarithm and a cosine.
     */
    public static float gaussian(Stream stream, long position) {
        long bits = stream.bits(position);
        int sum = 0;
        for (int shift = 0; shift < 64; shift += 16) {
            sum += (int) (bits >>> shift) & 0xffff;
        }
        // Four uniform numbers on 0 .. 65535 have mean 131070 and variance (65536^2 - 1) / 3 together.
        return (sum - 131070) * (1.7320508f / 65536);
    }
}
