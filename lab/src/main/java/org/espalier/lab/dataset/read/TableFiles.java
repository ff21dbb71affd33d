package org.espalier.lab.dataset.read;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.espalier.UserException;
import org.espalier.data.file.Content;

/** Files of tables: CSV, plain or in gzip. */
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
            try (InputStream in = new Content.OnDisk(file).openUncompressed()) {
                Tables.read(() -> CsvRows.open(in, source, options.header()), source, part, options, found);
            } catch (IOException e) {
                throw new UserException(
                        source + " cannot be read: " + (Files.exists(file) ? e.getMessage() : "it is missing"), e);
            }
        }
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
