package org.espalier.lab.dataset.read;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.espalier.UserException;
import org.espalier.data.file.Content;
import org.espalier.lab.dataset.parquet.ParquetTable;

/** Files of tables: CSV, plain or in gzip, and Parquet. */
public final class TableFiles {
    private TableFiles() {}

    /**
     * Reads files in their order. The words of their names say which split they belong to, as in {@code train.csv}.
     *
     * @throws UserException as {@link Tables#read}
     */
    public static void read(List<Path> files, Tables.Options options, Found found) {
        for (Path file : files) {
            Part part = Part.in(String.valueOf(file.getFileName()));
            String source = file.toString();
            if (isParquet(file)) {
                Tables.read(() -> new ParquetRows(ParquetTable.open(file), source), source, part, options, found);
                continue;
            }
            try (InputStream in = new Content.OnDisk(file).openUncompressed()) {
                Tables.read(() -> CsvRows.open(in, source, options.header()), source, part, options, found);
            } catch (IOException e) {
                throw unreadable(file, e);
            }
        }
    }

    /**
     * Opens the rows of a table with headings.
     *
     * @throws UserException if the file cannot be read
     */
    static Rows open(Path file) {
        String source = file.toString();
        if (isParquet(file)) {
            return new ParquetRows(ParquetTable.open(file), source);
        }
        InputStream in;
        try {
            in = new Content.OnDisk(file).openUncompressed();
        } catch (IOException e) {
            throw unreadable(file, e);
        }
        try {
            return CsvRows.open(in, source, true);
        } catch (RuntimeException e) {
            try {
                in.close();
            } catch (IOException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
    }

    private static boolean isParquet(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return ParquetTable.is(in.readNBytes(4));
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static UserException unreadable(Path file, IOException e) {
        return new UserException(
                file + " cannot be read: " + (Files.exists(file) ? e.getMessage() : "it is missing"), e);
    }

    /**
     * Reads a Parquet file that is in memory.
     *
     * @throws UserException as {@link Tables#read}, or if the file holds more than the limits say
     */
    public static void readParquet(
            byte[] content, String source, ParquetTable.Limits limits, Tables.Options options, Found found) {
        Tables.read(
                () -> new ParquetRows(ParquetTable.of(content, source, limits), source),
                source,
                Part.ALL,
                options,
                found);
    }

    /**
     * Reads a CSV file that is in memory.
     *
     * @throws UserException as {@link Tables#read}
     */
    public static void readCsv(byte[] content, String source, Tables.Options options, Found found) {
        Tables.read(
                () -> CsvRows.open(new ByteArrayInputStream(content), source, options.header()),
                source,
                Part.ALL,
                options,
                found);
    }
}
