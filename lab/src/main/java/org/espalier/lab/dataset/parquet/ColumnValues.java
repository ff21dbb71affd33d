package org.espalier.lab.dataset.parquet;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The values of a column in one group of rows. */
public final class ColumnValues {
    private static final double EXACT = 1L << 53; // whole doubles below it have no other neighbours

    private final ParquetColumn column;
    private final Values values;

    ColumnValues(ParquetColumn column, Values values) {
        this.column = column;
        this.values = values;
    }

    /**
     * A value of a column of numbers; truth values are 0 and 1.
     *
     * @param row of the group, from 0
     */
    public double number(int row) {
        return switch (column.kind()) {
            case NUMBER -> isReal() ? Double.longBitsToDouble(values.numbers()[row]) : values.numbers()[row];
            case UNSIGNED ->
                values.numbers()[row] >= 0
                        ? values.numbers()[row]
                        : decimal(row).doubleValue();
            case DECIMAL -> decimal(row).doubleValue();
            case HALF -> half(row);
            case TEXT, OTHER -> throw new IllegalStateException("column " + column.name() + " has no numbers");
        };
    }

    /**
     * A value as text: numbers as people write them, truth values as "true" and "false".
     *
     * @return empty if it is bytes that are no UTF-8
     */
    public Optional<String> text(int row) {
        if (column.kind() == ParquetColumn.Kind.TEXT) {
            try {
                return Optional.of(StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(values.bytes()[row]))
                        .toString());
            } catch (CharacterCodingException e) {
                return Optional.empty();
            }
        } else if (column.type() == ParquetColumn.BOOLEAN) {
            return Optional.of(values.numbers()[row] == 0 ? "false" : "true");
        } else if (isReal() || column.kind() == ParquetColumn.Kind.HALF) {
            double number = number(row);
            return Optional.of(
                    number == Math.rint(number) && Math.abs(number) < EXACT
                            ? Long.toString((long) number)
                            : Double.toString(number));
        }
        return Optional.of(decimal(row).toPlainString());
    }

    private boolean isReal() {
        return column.type() == ParquetColumn.FLOAT || column.type() == ParquetColumn.DOUBLE;
    }

    /** A whole or decimal number without rounding. */
    private BigDecimal decimal(int row) {
        BigInteger units;
        if (column.isBytes()) {
            units = new BigInteger(values.bytes()[row]);
        } else {
            long number = values.numbers()[row];
            units = column.kind() == ParquetColumn.Kind.UNSIGNED
                    ? new BigInteger(Long.toUnsignedString(number))
                    : BigInteger.valueOf(number);
        }
        BigDecimal decimal = new BigDecimal(units, column.kind() == ParquetColumn.Kind.DECIMAL ? column.scale() : 0);
        return decimal.signum() == 0 ? BigDecimal.ZERO : decimal.stripTrailingZeros();
    }

    private float half(int row) {
        short bits = ByteBuffer.wrap(values.bytes()[row])
                .order(ByteOrder.LITTLE_ENDIAN)
                .getShort();
        return Float.float16ToFloat(bits);
    }
}
