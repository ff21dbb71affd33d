package org.espalier.lab.dataset.parquet;

import java.nio.ByteBuffer;

/** Unpacks Snappy's raw form: literal bytes, and copies of bytes that came before. */
final class Snappy {
    private static final int LARGEST_COPY = 64; // of a tag, which takes two bytes and more

    private Snappy() {}

    /**
     * Unpacks all that is left of a buffer.
     *
     * @param size bytes that there should be
     */
    static byte[] unpack(ByteBuffer in, int size) {
        long length = ThriftReader.unsigned(in);
        if (length != size || size > (long) LARGEST_COPY * in.remaining()) {
            throw new DamageException("has a page of " + in.remaining() + " bytes in Snappy that promises "
                    + Long.toUnsignedString(length) + " bytes, expected " + size);
        }
        byte[] out = new byte[size];
        int at = 0;
        while (in.hasRemaining()) {
            int tag = in.get() & 0xff;
            long count = (tag >>> 2) + 1L;
            long back = switch (tag & 3) {
                case 0 -> {
                    count = count > 60 ? number(in, (int) count - 60) + 1 : count;
                    yield 0;
                }
                case 1 -> {
                    count = 4 + (tag >>> 2 & 7);
                    yield tag >>> 5 << 8 | in.get() & 0xff;
                }
                case 2 -> number(in, 2);
                default -> number(in, 4);
            };
            if (count > size - at || (tag & 3) != 0 && (back < 1 || back > at)) {
                throw new DamageException("has a page in Snappy that copies " + count + " bytes from " + back
                        + " bytes before byte " + at + " of " + size);
            } else if ((tag & 3) == 0) {
                in.get(out, at, (int) count);
            } else {
                for (int i = 0; i < count; i++) { // what is copied may be what this copy writes
                    out[at + i] = out[at + i - (int) back];
                }
            }
            at += (int) count;
        }
        if (at < size) {
            throw new DamageException("has a page in Snappy of " + at + " bytes, expected " + size);
        }
        return out;
    }

    private static long number(ByteBuffer in, int bytes) {
        long number = 0;
        for (int i = 0; i < bytes; i++) {
            number |= (in.get() & 0xffL) << 8 * i;
        }
        return number;
    }
}
