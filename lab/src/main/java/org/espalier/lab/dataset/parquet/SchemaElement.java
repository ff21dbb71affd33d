package org.espalier.lab.dataset.parquet;

import org.espalier.lab.dataset.parquet.ParquetColumn.Kind;

/** One entry of a file's schema: a column, or a group of as many entries as follow it. */
final class SchemaElement {
    private static final int MOST_SCALE = 76; // decimal places of 256 bits
    private static final int MOST_DECIMAL = 32;
    private static final int REPEATED = 2;
    // What an annotation says, as its older form numbers it.
    private static final int UTF8 = 0;
    private static final int ENUM = 4;
    private static final int DECIMAL = 5;
    private static final int FIRST_TIME = 6;
    private static final int LAST_TIME = 10;
    private static final int FIRST_UNSIGNED = 11;
    private static final int LAST_UNSIGNED = 14;
    private static final int FIRST_SIGNED = 15;
    private static final int LAST_SIGNED = 18;
    private static final int JSON = 19;
    private static final int OTHER = 20;
    private static final int HALF = 30;
    private static final int NONE = -1;

    private int type = NONE;
    private int width;
    private int repetition;
    private String name = "";
    private int children;
    private int annotation = NONE;
    private int logical = NONE;
    private int scale;

    private SchemaElement() {}

    /** Reads an entry. */
    static SchemaElement read(ThriftReader in) {
        SchemaElement element = new SchemaElement();
        in.struct((number, type) -> {
            switch (number) {
                case 1 -> element.type = in.count(type);
                case 2 -> element.width = in.count(type);
                case 3 -> element.repetition = in.count(type);
                case 4 -> element.name = in.text(type);
                case 5 -> element.children = in.count(type);
                case 6 -> element.annotation = in.count(type);
                case 7 -> element.scale = in.count(type);
                case 10 -> {
                    if (type != ThriftReader.STRUCT) {
                        return false;
                    }
                    element.readLogical(in);
                }
                default -> {
                    return false;
                }
            }
            return true;
        });
        return element;
    }

    private void readLogical(ThriftReader in) {
        in.struct((number, type) -> {
            logical = switch (number) {
                case 1 -> UTF8;
                case 4 -> ENUM;
                case 5 -> DECIMAL;
                case 6, 7, 8 -> FIRST_TIME;
                case 10 -> FIRST_SIGNED;
                case 12 -> JSON;
                case 15 -> HALF;
                default -> OTHER;
            };
            if (type != ThriftReader.STRUCT) {
                return false;
            }
            in.struct((inner, innerType) -> {
                if (number == 5 && inner == 1) {
                    scale = in.count(innerType);
                } else if (number == 10 && inner == 2) {
                    logical = in.truth(innerType) ? FIRST_SIGNED : FIRST_UNSIGNED;
                } else {
                    return false;
                }
                return true;
            });
            return true;
        });
    }

    /** Entries that stand directly below this one. */
    int children() {
        return children;
    }

    /**
     * The column that this entry is.
     *
     * @param leaf its place among the file's columns of values
     */
    ParquetColumn column(int leaf) {
        if (children > 0 || repetition == REPEATED) {
            return new ParquetColumn(name, -1, type, 0, Kind.OTHER, 0, false, "a nested value");
        } else if (type < ParquetColumn.BOOLEAN || type > ParquetColumn.FIXED) {
            throw new DamageException("has column " + name + " of type " + type + ", expected 0 to 7");
        }
        Kind kind = kind();
        if (kind == Kind.DECIMAL && scale > MOST_SCALE) {
            throw new DamageException(
                    "has column " + name + " of " + scale + " decimal places, expected at most " + MOST_SCALE);
        }
        return new ParquetColumn(name, leaf, type, width, kind, scale, repetition != 0, words(kind));
    }

    private int meaning() {
        return logical == NONE ? annotation : logical;
    }

    private Kind kind() {
        int meaning = meaning();
        return switch (type) {
            case ParquetColumn.BOOLEAN, ParquetColumn.FLOAT, ParquetColumn.DOUBLE -> Kind.NUMBER;
            case ParquetColumn.INT32, ParquetColumn.INT64 -> {
                if (meaning == DECIMAL) {
                    yield Kind.DECIMAL;
                } else if (meaning >= FIRST_UNSIGNED && meaning <= LAST_UNSIGNED) {
                    yield Kind.UNSIGNED;
                }
                yield meaning == NONE || meaning >= FIRST_SIGNED && meaning <= LAST_SIGNED ? Kind.NUMBER : Kind.OTHER;
            }
            case ParquetColumn.BYTES ->
                meaning == NONE || meaning == UTF8 || meaning == ENUM || meaning == JSON ? Kind.TEXT : Kind.OTHER;
            case ParquetColumn.FIXED -> {
                if (meaning == DECIMAL && width >= 1 && width <= MOST_DECIMAL) {
                    yield Kind.DECIMAL;
                }
                yield meaning == HALF && width == 2 ? Kind.HALF : Kind.OTHER;
            }
            default -> Kind.OTHER;
        };
    }

    private String words(Kind kind) {
        int meaning = meaning();
        if (kind == Kind.TEXT) {
            return "a text";
        } else if (kind != Kind.OTHER) {
            return "a number";
        }
        return type == ParquetColumn.INT96 || meaning >= FIRST_TIME && meaning <= LAST_TIME
                ? "a date or time"
                : "a value that is no number";
    }
}
