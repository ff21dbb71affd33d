package org.espalier.lab.robustness;

import java.nio.file.Path;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.espalier.UserException;
import org.espalier.evaluate.rules.Outcomes;
import org.espalier.lab.file.JsonLines;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * The content of {@code examples.jsonl}, image by image.
 *
 * @param withstands right without attack and under every attack of the suite
 * @param broken images that each step broke, by the step's name; steps that broke none are omitted
 * @param distances (image) distances of minimum-norm steps, by the step's name; NaN where the step did not attack the
 *     image, infinite where it found nothing
 */
record StoredExamples(Outcomes withstands, Map<String, BitSet> broken, Map<String, double[]> distances) {
    /**
     * Reads the lines.
     *
     * @throws UserException if one is damaged
     */
    static StoredExamples read(byte[] content, Path file) {
        List<Line> lines = JsonLines.read(content, file.toString(), StoredExamples::line);
        BitSet withstands = new BitSet(lines.size());
        Map<String, BitSet> broken = new LinkedHashMap<>();
        Map<String, double[]> distances = new LinkedHashMap<>();
        for (int i = 0; i < lines.size(); i++) {
            int image = i;
            Line line = lines.get(i);
            withstands.set(i, line.withstands());
            line.broken()
                    .forEach(step ->
                            broken.computeIfAbsent(step, _ -> new BitSet()).set(image));
            line.distances()
                    .forEach((step, distance) -> distances
                            .computeIfAbsent(step, _ -> {
                                double[] none = new double[lines.size()];
                                java.util.Arrays.fill(none, Double.NaN);
                                return none;
                            })[image] = distance);
        }
        return new StoredExamples(new Outcomes(lines.size(), withstands), broken, distances);
    }

    /** One image. */
    private record Line(boolean withstands, List<String> broken, Map<String, Double> distances) {}

    private static Line line(JsonParser example, Supplier<String> source) {
        @Nullable JsonToken withstands = null;
        List<String> broken = List.of();
        Map<String, Double> distances = Map.of();
        while (example.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = example.currentName();
            JsonToken value = example.nextToken();
            switch (name) {
                case "withstands" -> {
                    if (withstands != null) {
                        throw new UserException(source.get() + " is damaged: withstands is there twice");
                    }
                    withstands = value;
                }
                case "attacks" -> broken = broken(example, value, source);
                case "distances" -> distances = distances(example, value, source);
                default -> example.skipChildren();
            }
        }
        if (withstands != JsonToken.VALUE_TRUE && withstands != JsonToken.VALUE_FALSE) {
            throw new UserException(source.get() + " is damaged: withstands is neither true nor false");
        }
        return new Line(withstands == JsonToken.VALUE_TRUE, broken, distances);
    }

    private static List<String> broken(JsonParser example, JsonToken value, Supplier<String> source) {
        if (value != JsonToken.START_OBJECT) {
            throw new UserException(source.get() + " is damaged: attacks is not an object");
        }
        List<String> broken = new java.util.ArrayList<>();
        while (example.nextToken() == JsonToken.PROPERTY_NAME) {
            String step = example.currentName();
            if (example.nextToken() != JsonToken.VALUE_STRING) {
                throw new UserException(source.get() + " is damaged: " + step + " is not a string");
            }
            if (example.getString().equals("broken")) {
                broken.add(step.intern());
            }
        }
        return broken;
    }

    private static Map<String, Double> distances(JsonParser example, JsonToken value, Supplier<String> source) {
        if (value != JsonToken.START_OBJECT) {
            throw new UserException(source.get() + " is damaged: distances is not an object");
        }
        Map<String, Double> distances = new LinkedHashMap<>();
        while (example.nextToken() == JsonToken.PROPERTY_NAME) {
            String step = example.currentName();
            JsonToken distance = example.nextToken();
            if (distance != JsonToken.VALUE_NULL && !distance.isNumeric()) {
                throw new UserException(source.get() + " is damaged: the distance of " + step + " is not a number");
            }
            // A distance that is not finite is written as null: nothing was found.
            distances.put(
                    step.intern(),
                    distance == JsonToken.VALUE_NULL ? Double.POSITIVE_INFINITY : example.getDoubleValue());
        }
        return distances;
    }
}
