package org.espalier.evaluate.corrupt;

import org.espalier.random.Stream;

/** Random numbers of one corrupted image, one after the other, with the same bits on every machine. */
final class Draws {
    private final Stream stream;
    private long position;

    Draws(Stream stream) {
        this.stream = stream;
    }

    /** Uniform in [0, 1), a multiple of 2^-53. */
    double uniform() {
        return (stream.bits(position++) >>> 11) * 0x1p-53;
    }

    /** Uniform in [low, high). */
    double uniform(double low, double high) {
        return low + (high - low) * uniform();
    }

    /** A whole number uniform in [low, high). */
    int whole(int low, int high) {
        return low + stream.below(high - low, position++);
    }

    /** 1 or -1. */
    int sign() {
        return whole(0, 2) == 0 ? 1 : -1;
    }

    /** Standard normal (Box and Muller 1958). */
    double normal() {
        double radius = Math.sqrt(-2 * StrictMath.log(1 - uniform()));
        return radius * StrictMath.cos(2 * Math.PI * uniform());
    }

    /** Poisson with a mean: by inversion up to 30, above as a sum of two halves. */
    int poisson(double mean) {
        if (mean > 30) {
            return poisson(mean / 2) + poisson(mean / 2);
        }
        double left = uniform();
        double chance = StrictMath.exp(-mean);
        int count = 0;
        while (left >= chance && count < 1000) {
            left -= chance;
            count++;
            chance *= mean / count;
        }
        return count;
    }
}
