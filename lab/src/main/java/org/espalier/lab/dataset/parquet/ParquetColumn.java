package org.espalier.lab.dataset.parquet;

/**
 * A column of a table.
 *
 * @param name heading
 * @param leaf place among the file's columns of values; -1 of one that has others below it, or a list in each row
 * @param type how values are stored, as the format numbers it
 * @param width bytes of a value of type {@link #FIXED}
 * @param kind what values are
 * @param scale decimal places of {@link Kind#DECIMAL}
 * @param optional whether rows may lack a value
 * @param words the kind for messages, e.g. {@code a time stamp}
 */
public record ParquetColumn(
        String name, int leaf, int type, int width, Kind kind, int scale, boolean optional, String words) {
    static final int BOOLEAN = 0;
    static final int INT32 = 1;
    static final int INT64 = 2;
    static final int INT96 = 3;
    static final int FLOAT = 4;
    static final int DOUBLE = 5;
    static final int BYTES = 6;
    static final int FIXED = 7;

    /** What values are. */
    public enum Kind {
        /** Truth values, whole numbers, or floating point of 32 or 64 bits. */
        NUMBER,
        /** Whole numbers without a sign. */
        UNSIGNED,
        /** Whole numbers in units of a power of ten. */
        DECIMAL,
        /** Floating point of 16 bits. */
        HALF,
        /** Texts in UTF-8. */
        TEXT,
        /** Anything else: dates, lists, structures. */
        OTHER
    }

    /** Whether values are numbers. */
    public boolean isNumber() {
        return kind != Kind.TEXT && kind != Kind.OTHER;
    }

    /** Whether values are stored as bytes. */
    boolean isBytes() {
        return type == BYTES || type == FIXED;
    }

    /** Bytes of a value, or 0 if they differ or are bits. */
    int bytes() {
        return switch (type) {
            case INT32, FLOAT -> 4;
            case INT64, DOUBLE -> 8;
            case FIXED -> width;
            default -> 0;
        };
    }
}
