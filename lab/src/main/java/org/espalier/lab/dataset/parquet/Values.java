package org.espalier.lab.dataset.parquet;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Values of a column as they are read, without any that are missing.
 *
 * @param numbers whole numbers, or the bits of a double; of length 0 if values are bytes
 * @param bytes texts and values of fixed width; of length 0 if values are numbers
 */
record Values(long[] numbers, byte[][] bytes) {
    static final int PLAIN = 0;
    static final int OLD_DICTIONARY = 2;
    static final int RUNS = 3;
    static final int DICTIONARY = 8;

    private static final int DELTAS = 5;
    private static final int DELTA_LENGTHS = 6;
    private static final int DELTA_BYTES = 7;
    private static final int SPLIT = 9;
    private static final int LONGEST = 1 << 16; // bytes of a value

    static Values empty(ParquetColumn column, int count) {
        return new Values(new long[column.isBytes() ? 0 : count], new byte[column.isBytes() ? count : 0][]);
    }

    /** Copies values of another to a place. */
    void put(int at, Values other, int count) {
        if (bytes.length > 0) {
            System.arraycopy(other.bytes, 0, bytes, at, count);
        } else {
            System.arraycopy(other.numbers, 0, numbers, at, count);
        }
    }

    /**
     * Reads the values of a page.
     *
     * @param in behind the levels
     * @param most bytes that all values may take together
     */
    static Values read(ByteBuffer in, ParquetColumn column, int encoding, int count, int most) {
        in.order(ByteOrder.LITTLE_ENDIAN);
        boolean whole = column.type() == ParquetColumn.INT32 || column.type() == ParquetColumn.INT64;
        return switch (encoding) {
            case PLAIN -> plain(in, column, count);
            case RUNS -> {
                if (column.type() != ParquetColumn.BOOLEAN) {
                    throw unknown(encoding, column);
                }
                Packed packed = new Packed(part(in, in.getInt()), 1);
                Values values = empty(column, count);
                for (int i = 0; i < count; i++) {
                    values.numbers[i] = packed.next();
                }
                yield values;
            }
            case DELTAS -> {
                if (!whole) {
                    throw unknown(encoding, column);
                }
                long[] numbers = Deltas.read(in, count);
                for (int i = 0; i < count; i++) {
                    numbers[i] = column.type() == ParquetColumn.INT32 ? whole32((int) numbers[i], column) : numbers[i];
                }
                yield new Values(numbers, new byte[0][]);
            }
            case DELTA_LENGTHS, DELTA_BYTES -> {
                if (!column.isBytes()) {
                    throw unknown(encoding, column);
                }
                yield encoding == DELTA_LENGTHS ? lengths(in, column, count) : prefixes(in, column, count, most);
            }
            case SPLIT -> {
                if (column.bytes() == 0) {
                    throw unknown(encoding, column);
                }
                yield split(in, column, count);
            }
            default -> throw unknown(encoding, column);
        };
    }

    private static DamageException unknown(int encoding, ParquetColumn column) {
        return new DamageException("has values of column " + column.name() + " of type " + column.type()
                + " in encoding " + encoding + ", which is not read");
    }

    private static ByteBuffer part(ByteBuffer in, int length) {
        if (length < 0 || length > in.remaining()) {
            throw new DamageException(
                    "has a part of " + length + " bytes in a page where " + in.remaining() + " are left");
        }
        ByteBuffer part = in.slice(in.position(), length).order(ByteOrder.LITTLE_ENDIAN);
        in.position(in.position() + length);
        return part;
    }

    /** Bytes that follow their length. */
    static ByteBuffer counted(ByteBuffer in) {
        return part(in, in.order(ByteOrder.LITTLE_ENDIAN).getInt());
    }

    private static void room(ByteBuffer in, ParquetColumn column, int count, int width) {
        if ((long) count * width > in.remaining()) {
            throw new DamageException("has a page of " + count + " values of column " + column.name() + " in "
                    + in.remaining() + " bytes, expected " + (long) count * width);
        }
    }

    private static Values plain(ByteBuffer in, ParquetColumn column, int count) {
        if (column.type() == ParquetColumn.BOOLEAN) {
            room(in, column, Math.ceilDiv(count, 8), 1);
            Values values = empty(column, count);
            int start = in.position();
            for (int i = 0; i < count; i++) {
                values.numbers[i] = in.get(start + i / 8) >>> i % 8 & 1;
            }
            return values;
        } else if (column.type() == ParquetColumn.BYTES) {
            room(in, column, count, Integer.BYTES);
            Values values = empty(column, count);
            for (int i = 0; i < count; i++) {
                values.bytes[i] = bytes(in, in.getInt());
            }
            return values;
        } else if (column.bytes() == 0) {
            throw unknown(PLAIN, column);
        }
        room(in, column, count, column.bytes());
        Values values = empty(column, count);
        for (int i = 0; i < count; i++) {
            values.set(i, in, column);
        }
        return values;
    }

    private static byte[] bytes(ByteBuffer in, long length) {
        if (length < 0 || length > in.remaining() || length > LONGEST) {
            throw new DamageException("has a value of " + length + " bytes where " + in.remaining()
                    + " are left, expected at most " + LONGEST);
        }
        byte[] bytes = new byte[(int) length];
        in.get(bytes);
        return bytes;
    }

    private void set(int i, ByteBuffer in, ParquetColumn column) {
        switch (column.type()) {
            case ParquetColumn.INT32 -> numbers[i] = whole32(in.getInt(), column);
            case ParquetColumn.INT64 -> numbers[i] = in.getLong();
            case ParquetColumn.FLOAT -> numbers[i] = Double.doubleToRawLongBits(in.getFloat());
            case ParquetColumn.DOUBLE -> numbers[i] = in.getLong();
            default -> bytes[i] = bytes(in, column.width());
        }
    }

    private static long whole32(int number, ParquetColumn column) {
        return column.kind() == ParquetColumn.Kind.UNSIGNED ? Integer.toUnsignedLong(number) : number;
    }

    private static Values split(ByteBuffer in, ParquetColumn column, int count) {
        int width = column.bytes();
        room(in, column, count, width);
        Values values = empty(column, count);
        ByteBuffer value = ByteBuffer.allocate(width).order(ByteOrder.LITTLE_ENDIAN);
        int start = in.position();
        for (int i = 0; i < count; i++) {
            for (int k = 0; k < width; k++) {
                value.put(k, in.get(start + k * count + i));
            }
            values.set(i, value.rewind(), column);
        }
        return values;
    }

    private static Values lengths(ByteBuffer in, ParquetColumn column, int count) {
        long[] lengths = Deltas.read(in, count);
        Values values = empty(column, count);
        for (int i = 0; i < count; i++) {
            values.bytes[i] = bytes(in, lengths[i]);
        }
        return values;
    }

    private static Values prefixes(ByteBuffer in, ParquetColumn column, int count, int most) {
        long[] shared = Deltas.read(in, count);
        Values values = lengths(in, column, count);
        byte[] before = new byte[0];
        long all = 0;
        for (int i = 0; i < count; i++) {
            byte[] end = values.bytes[i];
            if (shared[i] < 0 || shared[i] > before.length || shared[i] + end.length > LONGEST) {
                throw new DamageException("has a value of column " + column.name() + " that shares " + shared[i]
                        + " bytes with one of " + before.length + ", expected at most " + LONGEST + " in all");
            }
            byte[] value = java.util.Arrays.copyOf(before, (int) shared[i] + end.length);
            System.arraycopy(end, 0, value, (int) shared[i], end.length);
            all += value.length;
            if (all > most) {
                throw new DamageException("has a page of more than " + most + " bytes of texts");
            }
            values.bytes[i] = value;
            before = value;
        }
        return values;
    }

    /** Values by their places in a dictionary. */
    static Values chosen(ByteBuffer in, ParquetColumn column, Values dictionary, int count) {
        Values values = empty(column, count);
        if (count == 0) {
            return values;
        }
        Packed places = new Packed(in, in.get() & 0xff);
        int size = Math.max(dictionary.numbers.length, dictionary.bytes.length);
        for (int i = 0; i < count; i++) {
            int place = places.next();
            if (place < 0 || place >= size) {
                throw new DamageException("has value " + Integer.toUnsignedString(place) + " of a dictionary of " + size
                        + " values in column " + column.name());
            } else if (column.isBytes()) {
                values.bytes[i] = dictionary.bytes[place];
            } else {
                values.numbers[i] = dictionary.numbers[place];
            }
        }
        return values;
    }
}
