package org.espalier.lab.file;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.espalier.UserException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * JSON. Written by hand from maps, lists, strings, numbers and truth values, because keys and stored files must keep
 * the same bytes with every version of a library; read by Jackson.
 */
public final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /** Longest value that a message quotes. */
    private static final int LONGEST_QUOTED = 40;

    private static final String ENDS = "Unexpected end-of-input";
    // What the parser says of itself: the source that it was not given, names of its settings, and of its methods.
    private static final Pattern INTERNALS = Pattern.compile(
            "\\s*\\([A-Za-z ]*\\[(?:Source|No location).*?\\]\\)|(?: at)?\\s*\\[(?:Source|No location).*?\\]"
                    + "|, from `[^`]*`|[:,]?\\s+\\(?(?:[a-z]+ ){0,2}`[A-Z]\\w*\\..*"
                    + "| \\(not recognized.*|, cannot use.*",
            Pattern.DOTALL);

    private Json() {}

    /**
     * One line, members in the map's order, or by name where the map has none. Numbers that are not finite become
     * null, which is all JSON has for them.
     */
    public static String write(Object value) {
        StringBuilder out = new StringBuilder();
        write(value, out, false);
        return out.toString();
    }

    /** One line, members sorted by name at every depth: equal values have equal text. */
    public static String canonical(Object value) {
        StringBuilder out = new StringBuilder();
        write(value, out, true);
        return out.toString();
    }

    /**
     * Parses a stored document.
     *
     * @param source the file, for messages
     * @throws UserException if it is not a JSON object
     */
    public static JsonNode parse(byte[] text, String source) {
        checkUtf8(text, text.length, source);
        try {
            JsonNode node = MAPPER.readTree(text);
            if (node.isObject()) {
                return node;
            }
        } catch (JacksonException e) {
            throw notJson(source, e);
        }
        throw new UserException(source + " is damaged: expected a JSON object");
    }

    private static UserException notJson(String source, JacksonException e) {
        return new UserException(source + " is damaged: not JSON: " + plain(e) + place(e), e);
    }

    /** What the parser found wrong, without its internals. */
    static String plain(JacksonException e) {
        String message = String.valueOf(e.getOriginalMessage());
        if (message.startsWith(ENDS)) {
            return ENDS + ", it ends too early";
        } else if (message.startsWith("Trailing token")) {
            return "something follows the value";
        }
        return INTERNALS
                .matcher(message)
                .replaceAll("")
                .replaceAll("`([a-z]+)`", "$1")
                .replaceAll("\\s+", " ")
                .strip();
    }

    /** Where the parser found it, if it is not at the end; the first line is not named, as it may be the only one. */
    private static String place(JacksonException e) {
        @Nullable TokenStreamLocation place = e.getLocation();
        if (place == null || place.getColumnNr() < 1 || plain(e).startsWith(ENDS)) {
            return "";
        }
        return place.getLineNr() > 1
                ? " (line " + place.getLineNr() + ", column " + place.getColumnNr() + ")"
                : " (column " + place.getColumnNr() + ")";
    }

    /** The end of a sentence about a value of another type. */
    private static String found(JsonNode value) {
        if (value.isMissingNode()) {
            return ", found nothing";
        }
        // Text of a long list would only be thrown away.
        String text = value.size() > LONGEST_QUOTED ? "" : value.toString();
        return text.isEmpty() || text.length() > LONGEST_QUOTED ? "" : ", found " + text;
    }

    /**
     * Refuses text that the parser would take for UTF-16 or UTF-32, of which it throws its own exceptions and gives no byte
     * positions. JSON in UTF-8 has no zero bytes, and the parser looks at the first four bytes.
     *
     * @param length bytes of the text
     * @param source the file, for messages
     * @throws UserException if the text is in another encoding
     */
    static void checkUtf8(byte[] text, int length, String source) {
        boolean other = length >= 2 && (text[0] == (byte) 0xfe || text[0] == (byte) 0xff);
        for (int i = 0; i < Math.min(length, 4); i++) {
            other |= text[i] == 0;
        }
        if (other) {
            throw new UserException(source + " is damaged: not JSON in UTF-8");
        }
    }

    public static JsonNode parse(String text, String source) {
        return parse(text.getBytes(StandardCharsets.UTF_8), source);
    }

    /** A value in a message. */
    private static String quoted(JsonNode value) {
        return value.size() > LONGEST_QUOTED ? "a long list or object" : shortened(value.toString());
    }

    private static String shortened(String text) {
        return text.length() > LONGEST_QUOTED ? text.substring(0, LONGEST_QUOTED) + "..." : text;
    }

    /** A string member that has to be there. */
    public static String string(JsonNode node, String name, String source) {
        JsonNode value = node.path(name);
        if (!value.isString()) {
            throw new UserException(source + " is damaged: " + name + " is not a string" + found(value));
        }
        return value.stringValue();
    }

    /** A list that has to be there. */
    public static JsonNode list(JsonNode node, String name, String source) {
        JsonNode value = node.path(name);
        if (!value.isArray()) {
            throw new UserException(source + " is damaged: " + name + " is not a list" + found(value));
        }
        return value;
    }

    /** An object that has to be there. */
    public static JsonNode object(JsonNode node, String name, String source) {
        JsonNode value = node.path(name);
        if (!value.isObject()) {
            throw new UserException(source + " is damaged: " + name + " is not an object" + found(value));
        }
        return value;
    }

    /** A truth value that has to be there. */
    public static boolean truth(JsonNode node, String name, String source) {
        JsonNode value = node.path(name);
        if (!value.isBoolean()) {
            throw new UserException(source + " is damaged: " + name + " is neither true nor false" + found(value));
        }
        return value.booleanValue();
    }

    /** Strings of a list that has to be there. */
    public static List<String> strings(JsonNode node, String name, String source) {
        List<String> strings = new ArrayList<>();
        for (JsonNode each : list(node, name, source)) {
            if (!each.isString()) {
                throw new UserException(
                        source + " is damaged: " + name + " holds " + quoted(each) + ", expected strings");
            }
            strings.add(each.stringValue());
        }
        return strings;
    }

    /** Strings of an object that has to be there, by name, in its order. */
    public static Map<String, String> texts(JsonNode node, String name, String source) {
        Map<String, String> texts = new LinkedHashMap<>();
        JsonNode object = object(node, name, source);
        for (Map.Entry<String, JsonNode> each : object.properties()) {
            texts.put(each.getKey(), string(object, each.getKey(), source));
        }
        return texts;
    }

    /** A whole number of 64 bits that has to be there. */
    public static long wide(JsonNode node, String name, String source) {
        JsonNode value = node.path(name);
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw new UserException(source + " is damaged: " + name + " is not a whole number" + found(value));
        }
        return value.longValue();
    }

    /** A whole number that has to be there. */
    public static int whole(JsonNode node, String name, String source) {
        JsonNode value = node.path(name);
        if (!value.isIntegralNumber() || !value.canConvertToInt()) {
            throw new UserException(source + " is damaged: " + name + " is not a whole number" + found(value));
        }
        return value.intValue();
    }

    /** A number that has to be there; null stands for one that is not finite. */
    public static double number(JsonNode node, String name, String source) {
        return finiteOrNaN(node.path(name), name + " is", source);
    }

    /** Numbers of a list that has to be there; null stands for one that is not finite. */
    public static List<Double> doubles(JsonNode node, String name, String source) {
        List<Double> numbers = new ArrayList<>();
        for (JsonNode each : list(node, name, source)) {
            numbers.add(finiteOrNaN(each, name + " holds what is", source));
        }
        return numbers;
    }

    /** Whole numbers of a list that has to be there. */
    public static int[] wholes(JsonNode node, String name, String source) {
        JsonNode list = list(node, name, source);
        int[] numbers = new int[list.size()];
        for (int i = 0; i < numbers.length; i++) {
            JsonNode value = list.path(i);
            if (!value.isIntegralNumber() || !value.canConvertToInt()) {
                throw new UserException(
                        source + " is damaged: " + name + " holds " + quoted(value) + ", expected whole numbers");
            }
            numbers[i] = value.intValue();
        }
        return numbers;
    }

    private static double finiteOrNaN(JsonNode value, String what, String source) {
        if (value.isNull()) {
            return Double.NaN;
        }
        // Not the node's doubleValue(), which throws the library's own exception for what is out of range.
        double number = value.isNumber() ? value.numberValue().doubleValue() : Double.NaN;
        if (!Double.isFinite(number)) {
            throw new UserException(source + " is damaged: " + what + " not a number" + found(value));
        }
        return number;
    }

    /**
     * The numbers of a list in a document that may be long, read without a tree of it; none where there is no such list.
     *
     * @param name member of the document that is the list
     * @param source the file, for messages
     * @throws UserException if the document is not a JSON object, or something in the list is no number
     */
    public static List<Double> numbers(byte[] text, String name, String source) {
        checkUtf8(text, text.length, source);
        List<Double> numbers = new ArrayList<>();
        try (JsonParser parser = MAPPER.createParser(text)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new UserException(source + " is damaged: expected a JSON object");
            }
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                boolean wanted = parser.currentName().equals(name);
                if (parser.nextToken() != JsonToken.START_ARRAY || !wanted) {
                    parser.skipChildren();
                    continue;
                }
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    double number = parser.currentToken().isNumeric() ? parser.getDoubleValue() : Double.NaN;
                    if (!Double.isFinite(number)) {
                        throw new UserException(source + " is damaged: " + name + " holds "
                                + shortened(parser.getString()) + ", expected numbers");
                    }
                    numbers.add(number);
                }
            }
            if (parser.nextToken() != null) {
                throw new UserException(source + " is damaged: expected one JSON object");
            }
        } catch (JacksonException e) {
            throw notJson(source, e);
        }
        return numbers;
    }

    private static void write(Object value, StringBuilder out, boolean sorted) {
        switch (value) {
            case String string -> quote(string, out);
            case Float number -> out.append(Float.isFinite(number) ? number.toString() : "null");
            case Double number -> out.append(Double.isFinite(number) ? number.toString() : "null");
            case Number number -> out.append(number);
            case Boolean truth -> out.append(truth.booleanValue());
            case List<?> list -> {
                out.append('[');
                for (int i = 0; i < list.size(); i++) {
                    out.append(i == 0 ? "" : ",");
                    write(list.get(i), out, sorted);
                }
                out.append(']');
            }
            case Map<?, ?> map -> {
                out.append('{');
                // A map without an order, such as Map.of makes, has another one in every process.
                Map<?, ?> members = sorted || !(map instanceof SequencedMap<?, ?>)
                        ? map.entrySet().stream()
                                .collect(Collectors.toMap(
                                        entry -> (String) entry.getKey(),
                                        Map.Entry::getValue,
                                        (a, b) -> b,
                                        TreeMap::new))
                        : map;
                boolean first = true;
                for (Map.Entry<?, ?> member : members.entrySet()) {
                    out.append(first ? "" : ",");
                    first = false;
                    quote((String) member.getKey(), out);
                    out.append(':');
                    write(member.getValue(), out, sorted);
                }
                out.append('}');
            }
            default -> throw new IllegalArgumentException("JSON has no " + value.getClass());
        }
    }

    private static void quote(String string, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < 0x20 || Character.isSurrogate(c)) {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }
}
