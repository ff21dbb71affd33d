package org.espalier.lab.dataset.read;

import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.CsvRecordHandler;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.espalier.UserException;

/**
 * Rows of a CSV file in UTF-8. The separator is the comma, the semicolon or the tabulator, whichever the first line has most of. A
 * record has bounds on its length and columns, so that a file cannot fill the memory.
 */
final class CsvRows implements Rows {
    /** Most columns of a table. */
    static final int MOST_COLUMNS = 200_000;

    private static final int MOST_FIELD = 1 << 16;
    private static final int MOST_RECORD = 1 << 23;
    private static final int BUFFER = 1 << 24;
    private static final int LONGEST_NUMBER = 64;
    private static final Pattern NUMBER = Pattern.compile("[-+]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]{1,5})?");

    private final String source;
    private final CsvReader<CsvRecord> reader;
    private final CloseableIterator<CsvRecord> records;
    private final List<String> columns;
    private Optional<CsvRecord> first = Optional.empty(); // of a file without headings
    private CsvRecord record;

    private CsvRows(String source, CsvReader<CsvRecord> reader, boolean header) {
        this.source = source;
        this.reader = reader;
        records = reader.iterator();
        record = nextRecord().orElseThrow(() -> new UserException(source + " is empty, expected rows of a table"));
        List<String> names = new ArrayList<>();
        for (int i = 0; i < record.getFieldCount(); i++) {
            names.add(header ? ColumnNames.name(record.getField(i), i, source) : "column " + (i + 1));
        }
        columns = List.copyOf(names);
        if (header) {
            checkNames();
        } else {
            first = Optional.of(record);
        }
    }

    /**
     * Opens a file.
     *
     * @param source its name, for messages
     * @param header whether its first line has names of columns
     * @throws UserException if it is empty, no text, or its first line is no record
     */
    static CsvRows open(InputStream in, String source, boolean header) {
        BufferedReader text = new BufferedReader(
                new InputStreamReader(
                        in,
                        StandardCharsets.UTF_8
                                .newDecoder()
                                .onMalformedInput(CodingErrorAction.REPORT)
                                .onUnmappableCharacter(CodingErrorAction.REPORT)),
                1 << 16);
        try {
            char separator = separator(text);
            CsvReader<CsvRecord> reader = CsvReader.builder()
                    .fieldSeparator(separator)
                    .skipEmptyLines(true)
                    .allowExtraFields(true)
                    .allowMissingFields(true)
                    .maxBufferSize(BUFFER)
                    .build(
                            CsvRecordHandler.builder()
                                    .maxFields(MOST_COLUMNS)
                                    .maxFieldSize(MOST_FIELD)
                                    .maxRecordSize(MOST_RECORD)
                                    .build(),
                            text);
            return new CsvRows(source, reader, header);
        } catch (IOException e) {
            throw unreadable(source, e);
        }
    }

    private static char separator(Reader text) throws IOException {
        text.mark(1 << 16);
        int[] counts = new int[3];
        String separators = ",;\t";
        int c = text.read();
        boolean marked = c == 0xFEFF; // of the byte order
        for (int i = 0; i < (1 << 16) - 1 && c >= 0 && c != '\n' && c != '\r'; i++, c = text.read()) {
            int at = separators.indexOf(c);
            if (at >= 0) {
                counts[at]++;
            }
        }
        text.reset();
        if (marked) {
            text.skip(1);
        }
        int most = 0;
        for (int i = 1; i < counts.length; i++) {
            most = counts[i] > counts[most] ? i : most;
        }
        return separators.charAt(most);
    }

    private void checkNames() {
        ColumnNames.checkDifferent(columns, source);
        if (columns.size() > 1 && columns.stream().allMatch(name -> name.matches("[-+]?[0-9.]+([eE][-+]?[0-9]+)?"))) {
            throw new UserException(
                    source + " has numbers in its first line, expected names of columns, or --no-header");
        }
    }

    private Optional<CsvRecord> nextRecord() {
        try {
            return records.hasNext() ? Optional.of(records.next()) : Optional.empty();
        } catch (CsvParseException e) {
            throw new UserException(
                    source + " is no CSV file that can be read: " + reason(e) + "; expected at most " + MOST_COLUMNS
                            + " columns, " + MOST_FIELD + " characters in a field and " + MOST_RECORD + " in a row",
                    e);
        } catch (UncheckedIOException e) {
            throw unreadable(source, Objects.requireNonNull(e.getCause()));
        }
    }

    /** The library's sentences, the innermost last. */
    private static String reason(Throwable e) {
        StringBuilder text = new StringBuilder(String.valueOf(e.getMessage()));
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            text.append(": ").append(cause.getMessage());
        }
        String line = text.toString().lines().findFirst().orElse("");
        return line.length() > 300 ? line.substring(0, 300) + "..." : line;
    }

    private static UserException unreadable(String source, IOException e) {
        return new UserException(
                e instanceof CharacterCodingException
                        ? source + " is no text in UTF-8, expected a CSV file"
                        : source + " cannot be read: " + e.getMessage(),
                e);
    }

    @Override
    public List<String> columns() {
        return columns;
    }

    @Override
    public boolean next() {
        Optional<CsvRecord> next = first.isPresent() ? first : nextRecord();
        first = Optional.empty();
        if (next.isEmpty()) {
            return false;
        }
        record = next.get();
        if (record.getFieldCount() != columns.size()) {
            throw new UserException(place() + " has " + record.getFieldCount() + " fields, expected " + columns.size()
                    + ", one for each column");
        }
        return true;
    }

    @Override
    public long row() {
        return record.getStartingLineNumber();
    }

    @Override
    public String place() {
        return source + ", line " + record.getStartingLineNumber();
    }

    @Override
    public String text(int column) {
        return record.getField(column);
    }

    @Override
    public double number(int column) {
        String text = record.getField(column).strip();
        int small = small(text);
        if (small >= 0) {
            return small;
        } else if (text.isEmpty()) {
            throw new UserException(place() + " has no value in column " + columns.get(column) + ", expected a number");
        }
        double value = Double.NaN;
        if (text.length() <= LONGEST_NUMBER && NUMBER.matcher(text).matches()) {
            value = Double.parseDouble(text);
        }
        if (!Double.isFinite(value)) {
            throw new UserException(place() + " has \"" + shown(text) + "\" in column " + columns.get(column)
                    + ", expected a finite number; --drop leaves a column out");
        }
        return value;
    }

    /** A number of at most five digits, as most pixels are; else -1. */
    private static int small(String text) {
        if (text.isEmpty() || text.length() > 5) {
            return -1;
        }
        int value = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            value = 10 * value + c - '0';
        }
        return value;
    }

    /** A field for messages: its first characters, without control characters. */
    static String shown(String text) {
        String plain = text.replaceAll("\\p{Cntrl}", "?");
        return plain.length() > 40 ? plain.substring(0, 40) + "..." : plain;
    }

    @Override
    public void close() {
        try {
            reader.close();
        } catch (IOException e) {
            throw unreadable(source, e);
        }
    }
}
