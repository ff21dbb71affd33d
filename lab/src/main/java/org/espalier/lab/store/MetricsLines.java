package org.espalier.lab.store;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.espalier.UserException;
import org.espalier.evaluate.Measurement;
import org.espalier.lab.file.Json;
import org.espalier.lab.file.JsonLines;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Measurements as JSON lines. */
public final class MetricsLines {
    private MetricsLines() {}

    /** One line with its line feed. */
    static String line(Measurement measurement) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("iteration", measurement.iteration());
        line.put("split", measurement.split());
        line.put("attack", measurement.attack());
        line.put("correct", measurement.correct());
        line.put("examples", measurement.examples());
        line.put("accuracy", measurement.accuracy());
        line.put("loss", measurement.loss());
        return Json.write(line) + "\n";
    }

    /** All whole lines; what follows the last line feed is still being written. */
    static List<Measurement> parse(byte[] content, String file) {
        return List.copyOf(JsonLines.readWhole(content, file, MetricsLines::measurement));
    }

    /**
     * Reads one line.
     *
     * @param source the file and the line's number, for messages
     * @throws UserException if it is damaged
     */
    public static Measurement read(String text, String source) {
        return JsonLines.readOne(text.getBytes(StandardCharsets.UTF_8), source, MetricsLines::measurement);
    }

    private static Measurement measurement(JsonParser parser, Supplier<String> source) {
        Line line = new Line();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            boolean right = switch (name) {
                case "iteration" -> value == JsonToken.VALUE_NUMBER_INT && line.iteration(parser.getIntValue());
                case "correct" -> value == JsonToken.VALUE_NUMBER_INT && line.correct(parser.getIntValue());
                case "examples" -> value == JsonToken.VALUE_NUMBER_INT && line.examples(parser.getIntValue());
                case "split" -> value == JsonToken.VALUE_STRING && line.split(parser.getString());
                case "attack" -> value == JsonToken.VALUE_STRING && line.attack(parser.getString());
                case "loss" ->
                    value == JsonToken.VALUE_NULL
                            ? line.loss(Double.NaN)
                            : value.isNumeric() && line.loss(parser.getDoubleValue());
                default -> {
                    parser.skipChildren();
                    yield true;
                }
            };
            if (!right) {
                throw damaged(source, name + " is of the wrong type or there twice");
            }
        }
        if (line.found != Line.ALL) {
            throw damaged(source, "something is missing");
        }
        if (line.iteration < 0) {
            throw damaged(source, "iteration is " + line.iteration);
        } else if (line.correct < 0 || line.correct > line.examples) {
            throw damaged(source, line.correct + " correct of " + line.examples);
        }
        return new Measurement(line.iteration, line.split, line.attack, line.correct, line.examples, line.loss);
    }

    private static UserException damaged(Supplier<String> source, String what) {
        return new UserException(source.get() + " is damaged: " + what);
    }

    /** Members of a line that have been read, each once. */
    private static final class Line {
        private static final int ALL = 0b111111;

        private int found;
        private int iteration;
        private int correct;
        private int examples;
        private String split = "";
        private String attack = "";
        private double loss;

        private boolean first(int bit) {
            boolean first = (found & bit) == 0;
            found |= bit;
            return first;
        }

        boolean iteration(int value) {
            iteration = value;
            return first(1);
        }

        boolean correct(int value) {
            correct = value;
            return first(2);
        }

        boolean examples(int value) {
            examples = value;
            return first(4);
        }

        boolean split(String value) {
            split = value;
            return first(8);
        }

        boolean attack(String value) {
            attack = value;
            return first(16);
        }

        boolean loss(double value) {
            loss = value;
            return first(32);
        }
    }
}
