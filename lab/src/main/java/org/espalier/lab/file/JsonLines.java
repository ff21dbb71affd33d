package org.espalier.lab.file;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.espalier.UserException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads files of JSON lines, one object a line, token by token and with one parser for the whole file: a grid's evaluations
 * have millions of lines, and a tree or a parser for each takes several times as long.
 */
public final class JsonLines {
    private static final JsonFactory JSON = new JsonFactory();

    private JsonLines() {}

    /** Makes something of one line. */
    @FunctionalInterface
    public interface Line<T> {
        /**
         * Reads the members of an object up to its end, {@link JsonToken#END_OBJECT}. Unknown members are skipped, so
         * that files of later versions can be read.
         *
         * @param object stands at the object's beginning
         * @param source the file and the line's number, for messages
         * @throws UserException if the line is damaged
         */
        T read(JsonParser object, Supplier<String> source);
    }

    /**
     * Reads all lines; the last one may have no line feed.
     *
     * @param file its name, for messages
     * @throws UserException naming the first line that is damaged
     */
    public static <T> List<T> read(byte[] content, String file, Line<T> reader) {
        return read(content, content.length, file, reader);
    }

    /**
     * Reads all whole lines: text after the last line feed is an interrupted write.
     *
     * @param file its name, for messages
     * @throws UserException naming the first line that is damaged
     */
    public static <T> List<T> readWhole(byte[] content, String file, Line<T> reader) {
        int length = content.length;
        while (length > 0 && content[length - 1] != '\n') {
            length--;
        }
        return read(content, length, file, reader);
    }

    /**
     * Reads one line that is at hand already, without its line feed.
     *
     * @param source the file and the line's number, for messages
     * @throws UserException if it is damaged
     */
    public static <T> T readOne(byte[] line, String source, Line<T> reader) {
        Json.checkUtf8(line, line.length, source);
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), line)) {
            return line(line, 0, line.length, parser, reader, () -> source);
        }
    }

    private static <T> List<T> read(byte[] content, int length, String file, Line<T> reader) {
        Json.checkUtf8(content, length, file + ", line 1,");
        List<T> read = new ArrayList<>();
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), content, 0, length)) {
            int end;
            for (int start = 0; start < length; start = end + 1) {
                end = lineEnd(content, start, length);
                int number = read.size() + 1;
                Supplier<String> source = () -> file + ", line " + number + ",";
                read.add(line(content, start, end, parser, reader, source));
            }
        }
        return read;
    }

    private static <T> T line(
            byte[] content, int start, int end, JsonParser parser, Line<T> reader, Supplier<String> source) {
        T read;
        long after;
        try {
            if (blank(content, start, end) || parser.nextToken() != JsonToken.START_OBJECT) {
                throw damaged(content, start, end, source, "expected one JSON object");
            }
            read = reader.read(parser, source);
            after = parser.currentLocation().getByteOffset();
        } catch (JacksonException e) {
            throw damaged(content, start, end, source, Json.plain(e));
        }
        // The parser does not report lines, and no byte positions for UTF-16, which these files do not use.
        if (after < 0 || after > end || !blank(content, (int) after, end)) {
            throw damaged(content, start, end, source, "expected one JSON object");
        }
        return read;
    }

    /**
     * What is wrong with a line, parsed by itself, because the parser would continue into the next one.
     *
     * @param otherwise the fault if it is valid JSON
     */
    private static UserException damaged(
            byte[] content, int start, int end, Supplier<String> source, String otherwise) {
        try {
            Json.parse(Arrays.copyOfRange(content, start, end), source.get());
        } catch (UserException e) {
            return e;
        }
        return new UserException(source.get() + " is damaged: " + otherwise);
    }

    private static int lineEnd(byte[] content, int start, int length) {
        int end = start;
        while (end < length && content[end] != '\n') {
            end++;
        }
        return end;
    }

    private static boolean blank(byte[] content, int start, int end) {
        for (int i = start; i < end; i++) {
            if (content[i] != ' ' && content[i] != '\t' && content[i] != '\r') {
                return false;
            }
        }
        return true;
    }
}
