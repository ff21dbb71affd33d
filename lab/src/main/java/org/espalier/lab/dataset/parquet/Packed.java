package org.espalier.lab.dataset.parquet;

import java.nio.ByteBuffer;

/**
 * Small whole numbers in runs: one number many times, or several numbers of a few bits each, lowest bits first. Parquet's
 * RLE / bit-packing hybrid.
 */
final class Packed {
    private final ByteBuffer in;
    private final int width;
    private long left; // numbers of the present run
    private boolean repeated;
    private int value; // of a run of one number
    private long bits; // that were read and not used yet
    private int have;

    /**
     * Numbers from the position of a buffer on.
     *
     * @param width bits of a number, 0 to 32
     */
    Packed(ByteBuffer in, int width) {
        if (width < 0 || width > 32) {
            throw new DamageException("has numbers of " + width + " bits, expected at most 32");
        }
        this.in = in;
        this.width = width;
    }

    private void load() {
        while (left == 0) {
            long header = ThriftReader.unsigned(in);
            have = 0;
            bits = 0;
            repeated = (header & 1) == 0;
            left = repeated ? header >>> 1 : (header >>> 1 & 0x0fff_ffff_ffff_ffffL) << 3;
            if (repeated) {
                value = 0;
                for (int shift = 0; shift < width; shift += 8) {
                    value |= (in.get() & 0xff) << shift;
                }
            }
        }
    }

    /** The next number. */
    int next() {
        load();
        left--;
        return repeated ? value : unpacked();
    }

    private int unpacked() {
        while (have < width) {
            bits |= (in.get() & 0xffL) << have;
            have += 8;
        }
        int number = (int) (bits & (1L << width) - 1);
        bits >>>= width;
        have -= width;
        return number;
    }

    /** Passes over as many numbers as are equal to a given one, up to a count; returns how many these are. */
    int equal(int wanted, int count) {
        int passed = 0;
        while (passed < count) {
            load();
            if (repeated && value == wanted) {
                int some = (int) Math.min(left, count - passed);
                left -= some;
                passed += some;
            } else if (next() == wanted) {
                passed++;
            } else {
                break;
            }
        }
        return passed;
    }
}
