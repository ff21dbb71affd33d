package org.espalier.lab.exchange.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Types of numbers in foreign files. */
public enum NumberType {
    FLOAT(4, true),
    DOUBLE(8, true),
    HALF(2, true),
    BFLOAT16(2, true),
    LONG(8, false),
    INT(4, false),
    SHORT(2, false),
    CHAR(1, false),
    BYTE(1, false),
    BOOL(1, false);

    private final int bytes;
    private final boolean real;

    NumberType(int bytes, boolean real) {
        this.bytes = bytes;
        this.real = real;
    }

    /** Bytes of one number. */
    public int bytes() {
        return bytes;
    }

    /** Whether it is floating point. */
    public boolean real() {
        return real;
    }

    /**
     * A number, rounded to double.
     *
     * @param buffer in its own byte order
     * @param index of the number, from 0
     */
    public double get(ByteBuffer buffer, int index) {
        int at = index * bytes;
        return switch (this) {
            case FLOAT -> buffer.getFloat(at);
            case DOUBLE -> buffer.getDouble(at);
            case HALF -> Float.float16ToFloat(buffer.getShort(at));
            case BFLOAT16 -> Float.intBitsToFloat(buffer.getShort(at) << 16);
            case LONG -> buffer.getLong(at);
            case INT -> buffer.getInt(at);
            case SHORT -> buffer.getShort(at);
            case CHAR -> buffer.get(at);
            case BYTE, BOOL -> buffer.get(at) & 0xff;
        };
    }

    /** All numbers of some bytes, little-endian, rounded to float. */
    public float[] floats(byte[] content, int from, int count) {
        ByteBuffer buffer =
                ByteBuffer.wrap(content, from, count * bytes).slice().order(ByteOrder.LITTLE_ENDIAN);
        float[] values = new float[count];
        if (this == FLOAT) {
            buffer.asFloatBuffer().get(values);
            return values;
        }
        for (int i = 0; i < count; i++) {
            values[i] = (float) get(buffer, i);
        }
        return values;
    }
}
