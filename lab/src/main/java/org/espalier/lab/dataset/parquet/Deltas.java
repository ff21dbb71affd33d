package org.espalier.lab.dataset.parquet;

import java.nio.ByteBuffer;

/** Whole numbers as differences, in blocks whose differences have equal bits. Parquet's DELTA_BINARY_PACKED. */
final class Deltas {
    private static final int MOST_BLOCK = 1 << 20;
    private static final int MOST_PARTS = 1 << 10;

    private Deltas() {}

    /**
     * Reads numbers, and moves the buffer behind them.
     *
     * @param count numbers that there should be
     */
    static long[] read(ByteBuffer in, int count) {
        long block = ThriftReader.unsigned(in);
        long parts = ThriftReader.unsigned(in);
        long all = ThriftReader.unsigned(in);
        long value = ThriftReader.signed(in);
        if (all != count) {
            throw new DamageException(
                    "has a page of " + Long.toUnsignedString(all) + " differences, expected " + count);
        } else if (block < 1 || block > MOST_BLOCK || parts < 1 || parts > MOST_PARTS || block % (8 * parts) != 0) {
            throw new DamageException("has blocks of " + Long.toUnsignedString(block) + " differences in "
                    + Long.toUnsignedString(parts) + " parts, expected whole bytes of at most " + MOST_BLOCK);
        }
        int size = (int) (block / parts);
        long[] numbers = new long[count];
        int at = 0;
        if (count > 0) {
            numbers[at++] = value;
        }
        int[] widths = new int[(int) parts];
        while (at < count) {
            long least = ThriftReader.signed(in);
            for (int i = 0; i < widths.length; i++) {
                widths[i] = in.get() & 0xff;
            }
            for (int i = 0; i < widths.length && at < count; i++) {
                if (widths[i] > 64) {
                    throw new DamageException("has differences of " + widths[i] + " bits, expected at most 64");
                }
                int end = in.position() + widths[i] * size / 8;
                Bits bits = new Bits(in);
                for (int k = 0; k < size && at < count; k++) {
                    value += least + bits.next(widths[i]);
                    numbers[at++] = value;
                }
                in.position(Math.min(end, in.limit())); // some writers leave out the end of the last part
            }
        }
        return numbers;
    }

    /** Numbers of up to 64 bits, lowest bits first. */
    private static final class Bits {
        private final ByteBuffer in;
        private int last; // byte
        private int have; // its unused bits

        Bits(ByteBuffer in) {
            this.in = in;
        }

        long next(int width) {
            long number = 0;
            int filled = 0;
            while (filled < width) {
                if (have == 0) {
                    last = in.get() & 0xff;
                    have = 8;
                }
                int take = Math.min(have, width - filled);
                number |= (long) (last & (1 << take) - 1) << filled;
                last >>>= take;
                have -= take;
                filled += take;
            }
            return number;
        }
    }
}
