package org.espalier.lab.dataset.parquet;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Thrift's compact protocol, in which Parquet writes its footer and the headers of pages: numbers in groups of seven bits, fields by
 * the difference of their numbers. Every element takes at least one byte of the input, so that a short input has few elements.
 */
final class ThriftReader {
    static final int TRUE = 1;
    static final int BINARY = 8;
    static final int STRUCT = 12;

    private static final int FALSE = 2;
    private static final int BYTE = 3;
    private static final int I16 = 4;
    private static final int I32 = 5;
    private static final int I64 = 6;
    private static final int DOUBLE = 7;
    private static final int LIST = 9;
    private static final int SET = 10;
    private static final int MAP = 11;
    private static final int DEEPEST = 32;
    private static final int LONG_LIST = 15;

    private final ByteBuffer in;
    private int depth;

    /** Reads from the position of a buffer, and moves it. */
    ThriftReader(ByteBuffer in) {
        this.in = in;
    }

    /** Reads a field. */
    @FunctionalInterface
    interface Field {
        /** Reads the value of a field and gives true, or leaves it and gives false. */
        boolean read(int number, int type);
    }

    /** Reads a structure; fields that are left by the reader are passed over. */
    void struct(Field field) {
        deeper();
        int number = 0;
        while (true) {
            int header = in.get() & 0xff;
            int type = header & 15;
            if (type == 0) {
                break;
            }
            number = header >>> 4 == 0 ? (int) signed() : number + (header >>> 4);
            if (!field.read(number, type)) {
                skip(type);
            }
        }
        depth--;
    }

    /** Reads the header of a list; returns its length. */
    int list(int type, int element) {
        if (type != LIST) {
            throw new DamageException("has a field of type " + type + ", expected a list");
        }
        int header = in.get() & 0xff;
        long size = header >>> 4 == LONG_LIST ? unsigned() : header >>> 4;
        if ((header & 15) != element && size > 0 || size < 0 || size > in.remaining()) {
            throw new DamageException("has a list of " + Long.toUnsignedString(size) + " elements of type "
                    + (header & 15) + " in " + in.remaining() + " bytes, expected elements of type " + element);
        }
        return (int) size;
    }

    /** A whole number. */
    long whole(int type) {
        return switch (type) {
            case BYTE -> in.get();
            case I16, I32, I64 -> signed();
            default -> throw new DamageException("has a field of type " + type + ", expected a whole number");
        };
    }

    /** A whole number that an int holds and that is not negative. */
    int count(int type) {
        long value = whole(type);
        if (value < 0 || value > Integer.MAX_VALUE) {
            throw new DamageException("has the number " + value + ", expected 0 to " + Integer.MAX_VALUE);
        }
        return (int) value;
    }

    /** A truth value, which stands in the type of its field. */
    boolean truth(int type) {
        if (type != TRUE && type != FALSE) {
            throw new DamageException("has a field of type " + type + ", expected true or false");
        }
        return type == TRUE;
    }

    /** A text. */
    String text(int type) {
        if (type != BINARY) {
            throw new DamageException("has a field of type " + type + ", expected a text");
        }
        return element();
    }

    /** A text in a list. */
    String element() {
        byte[] bytes = new byte[length()];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private int length() {
        long length = unsigned();
        if (length < 0 || length > in.remaining()) {
            throw new DamageException(
                    "has a text of " + Long.toUnsignedString(length) + " bytes where " + in.remaining() + " are left");
        }
        return (int) length;
    }

    /** A number in groups of seven bits. */
    private long unsigned() {
        return unsigned(in);
    }

    static long unsigned(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte next = in.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new DamageException("has a number of more than ten bytes");
    }

    private long signed() {
        return signed(in);
    }

    /** A number in groups of seven bits, whose lowest bit is the sign. */
    static long signed(ByteBuffer in) {
        long value = unsigned(in);
        return value >>> 1 ^ -(value & 1);
    }

    private void deeper() {
        if (++depth > DEEPEST) {
            throw new DamageException("has more than " + DEEPEST + " structures in each other");
        }
    }

    private void skip(int type) {
        switch (type) {
            case TRUE, FALSE -> {}
            case BYTE -> in.get();
            case I16, I32, I64 -> unsigned();
            case DOUBLE -> in.getLong();
            case BINARY -> {
                int length = length();
                in.position(in.position() + length);
            }
            case LIST, SET -> {
                int header = in.get() & 0xff;
                skipElements(header >>> 4 == LONG_LIST ? unsigned() : header >>> 4, header & 15);
            }
            case MAP -> {
                long size = unsigned();
                int types = size == 0 ? 0 : in.get() & 0xff;
                deeper();
                for (long i = 0; i != size; i++) {
                    skipElement(types >>> 4);
                    skipElement(types & 15);
                }
                depth--;
            }
            case STRUCT -> struct((_, _) -> false);
            default -> throw new DamageException("has a field of type " + type + ", which Thrift does not have");
        }
    }

    private void skipElements(long size, int type) {
        deeper();
        for (long i = 0; i != size; i++) {
            skipElement(type);
        }
        depth--;
    }

    private void skipElement(int type) {
        if (type == TRUE || type == FALSE) {
            in.get(); // unlike a field, an element has a byte of its own
        } else {
            skip(type);
        }
    }
}
