package org.espalier.lab.dataset.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;
import org.espalier.UserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ParquetTableTest {
    private static final ParquetTable.Limits SMALL = new ParquetTable.Limits(1 << 16, 1 << 20);

    @ParameterizedTest
    @ValueSource(strings = {"arrow-snappy", "arrow-zstd", "arrow-v2", "arrow-lengths", "duckdb-v2", "mixed"})
    void everyPrefixAndEveryChangedByteIsReadOrRefused(String name) throws IOException {
        byte[] sound = resource(name);
        for (int length = 0; length < sound.length; length++) {
            byte[] cut = Arrays.copyOf(sound, length);
            assertThatThrownBy(() -> readAll(cut)).isInstanceOf(UserException.class);
        }
        int refused = 0;
        for (int at = 0; at < sound.length; at++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] changed = sound.clone();
                changed[at] ^= (byte) (1 << bit);
                refused += refuses(changed) ? 1 : 0;
            }
        }
        assertThat(refused).isPositive();
    }

    private static boolean refuses(byte[] content) {
        try {
            readAll(content);
            return false;
        } catch (UserException e) {
            return true;
        }
    }

    private static void readAll(byte[] content) {
        try (ParquetTable table = ParquetTable.of(content, "input", SMALL)) {
            for (int group = 0; group < table.groups(); group++) {
                for (int column = 0; column < table.columns().size(); column++) {
                    ParquetColumn of = table.columns().get(column);
                    if (of.kind() == ParquetColumn.Kind.OTHER) {
                        continue;
                    }
                    ColumnValues values = table.read(group, column, 1);
                    for (int row = 0; row < table.rows(group); row++) {
                        values.text(row);
                        if (of.isNumber()) {
                            values.number(row);
                        }
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'1,4', ' has a page of 2000000000 bytes for 1 values of column a, expected at most 65568'",
        "'0', ' has a page of 2000000000 values in column a, expected at most the 1 that are left of 1'"
    })
    void aPageThatPromisesTwoGigabytesTakesNoMemory(String fields, String message) {
        boolean bytes = fields.startsWith("1");
        byte[] page = bytes ? page(2_000_000_000, 8, 1) : page(8, 8, 2_000_000_000);
        byte[] file = file(1, page, 0);
        long before = allocated();
        assertThatThrownBy(() -> readAll(file))
                .isInstanceOf(UserException.class)
                .hasMessage("input" + message);
        assertThat(allocated() - before).isLessThan(10 << 20);
    }

    @Test
    void aSoundFileOfTheseTestsIsRead() {
        try (ParquetTable table = ParquetTable.of(file(1, page(8, 8, 1), 0), "input", SMALL)) {
            assertThat(table.read(0, 0, 1).number(0)).isEqualTo(2.5);
        }
    }

    @Test
    void rowsThatNobodyWroteAreRefused() {
        assertThatThrownBy(() -> readAll(file(2_000_000_000, page(8, 8, 1), 0)))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("input has 2000000000 rows of 1 columns");
        assertThatThrownBy(() -> readAll(file(2, page(8, 8, 1), 0)))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("a page of column a ends too early");
    }

    @Test
    void columnsLieWithinTheirFile() {
        assertThatThrownBy(() -> readAll(file(1, page(8, 8, 1), 1 << 30)))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("input has column a in")
                .hasMessageContaining("expected a place within its");
        byte[] other = file(1, page(8, 8, 1), -1);
        assertThatThrownBy(() -> readAll(other))
                .isInstanceOf(UserException.class)
                .hasMessage("input names another file for its values, expected them in the file itself");
    }

    @Test
    void structuresInStructuresEnd() {
        byte[] deep = new byte[100_000];
        Arrays.fill(deep, (byte) 0x1c); // a structure whose first field is a structure
        assertThatThrownBy(() -> readAll(framed(deep)))
                .isInstanceOf(UserException.class)
                .hasMessage("input has more than 32 structures in each other");
        Arrays.fill(deep, (byte) 0x99); // a list of lists
        deep[0] = 0x19;
        assertThatThrownBy(() -> readAll(framed(deep))).isInstanceOf(UserException.class);
    }

    @Test
    void snappyMakesNoMoreThanItsBytesCan() {
        byte[] bomb = {(byte) 0x80, (byte) 0x80, (byte) 0x80, (byte) 0x80, 4}; // 2^30 bytes of nothing
        assertThatThrownBy(() -> Snappy.unpack(ByteBuffer.wrap(bomb), 1 << 30))
                .isInstanceOf(DamageException.class)
                .hasMessageContaining("promises 1073741824 bytes");
        byte[] before = {8, 0, 'a', 1, 9}; // copies from nine bytes before the second
        assertThatThrownBy(() -> Snappy.unpack(ByteBuffer.wrap(before), 8))
                .isInstanceOf(DamageException.class)
                .hasMessageContaining("copies 4 bytes from 9 bytes before byte 1 of 8");
        byte[] run = {9, 0, 'a', 17, 1}; // one byte, and eight copies of it
        assertThat(new String(Snappy.unpack(ByteBuffer.wrap(run), 9), java.nio.charset.StandardCharsets.UTF_8))
                .isEqualTo("aaaaaaaaa");
    }

    private static long allocated() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }

    /** A page of one double. */
    private static byte[] page(int unpacked, int packed, int values) {
        ByteBuffer out = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
        out.put((byte) 0x15).put((byte) 0); // type
        number(out.put((byte) 0x15), unpacked);
        number(out.put((byte) 0x15), packed);
        out.put((byte) 0x2c); // field 5, a data page
        number(out.put((byte) 0x15), values);
        number(out.put((byte) 0x15), 0); // encoding
        number(out.put((byte) 0x15), 3); // levels
        out.put((byte) 0).put((byte) 0);
        out.putDouble(2.5);
        return Arrays.copyOf(out.array(), out.position());
    }

    /**
     * A file of one column.
     *
     * @param shift added to its place; below 0 for another file
     */
    private static byte[] file(int rows, byte[] page, int shift) {
        ByteBuffer out = ByteBuffer.allocate(256);
        number(out.put((byte) 0x15), 1); // version
        out.put((byte) 0x19).put((byte) 0x2c); // two entries of the schema
        out.put((byte) 0x48).put((byte) 0); // the name of the root
        number(out.put((byte) 0x15), 1); // its columns
        out.put((byte) 0);
        number(out.put((byte) 0x15), 5); // double
        number(out.put((byte) 0x25), 0); // required
        out.put((byte) 0x18).put((byte) 1).put((byte) 'a').put((byte) 0);
        number(out.put((byte) 0x16), rows);
        out.put((byte) 0x19).put((byte) 0x1c); // a group of rows
        out.put((byte) 0x19).put((byte) 0x1c); // a column
        if (shift < 0) {
            out.put((byte) 0x18).put((byte) 1).put((byte) '/').put((byte) 0x2c);
        } else {
            out.put((byte) 0x3c);
        }
        number(out.put((byte) 0x15), 5); // type
        number(out.put((byte) 0x35), 0); // codec
        number(out.put((byte) 0x16), rows);
        number(out.put((byte) 0x26), page.length);
        number(out.put((byte) 0x26), 4 + Math.max(0, shift));
        out.put((byte) 0).put((byte) 0);
        number(out.put((byte) 0x26), rows);
        out.put((byte) 0).put((byte) 0);
        byte[] footer = Arrays.copyOf(out.array(), out.position());
        byte[] framed = framed(footer);
        ByteBuffer file = ByteBuffer.allocate(framed.length + page.length);
        return file.put(framed, 0, 4)
                .put(page)
                .put(framed, 4, framed.length - 4)
                .array();
    }

    private static byte[] framed(byte[] footer) {
        return ByteBuffer.allocate(footer.length + 12)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0x31524150)
                .put(footer)
                .putInt(footer.length)
                .putInt(0x31524150)
                .array();
    }

    private static void number(ByteBuffer out, long value) {
        long zigzag = value << 1 ^ value >> 63;
        while (zigzag > 127) {
            out.put((byte) (zigzag & 127 | 128));
            zigzag >>>= 7;
        }
        out.put((byte) zigzag);
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(
                ParquetTableTest.class.getResourceAsStream("/org/espalier/lab/dataset/parquet/" + name + ".parquet"))) {
            return in.readAllBytes();
        }
    }
}
