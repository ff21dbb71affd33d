package org.espalier.lab.experiment;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.UserException;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** A YAML document that remembers where each value stands. Tags other than YAML's own are refused. */
sealed interface Yaml {
    /** Lists and mappings within each other, at most. */
    int DEEPEST = 20;

    /** Where a value stands, in words, e.g. {@code my.yaml, line 3}. */
    String place();

    /** Its kind in words, for messages. */
    String describe();

    /**
     * A scalar.
     *
     * @param text as written, quotes removed
     * @param quoted whether it is a string whatever it looks like
     */
    record Scalar(String text, boolean quoted, String place) implements Yaml {
        boolean isNull() {
            return !quoted && (text.isEmpty() || text.equals("null") || text.equals("~"));
        }

        @Override
        public String describe() {
            return isNull() ? "empty" : quoted ? '"' + text + '"' : text;
        }
    }

    /** A mapping, in the order written. */
    record Mapping(Map<String, Yaml> values, String place) implements Yaml {
        @Override
        public String describe() {
            return "a mapping";
        }
    }

    /** A list. */
    record Sequence(List<Yaml> values, String place) implements Yaml {
        @Override
        public String describe() {
            return "a list";
        }
    }

    /**
     * Parses one document; an empty one is an empty mapping.
     *
     * @param source name of the file or argument, for messages
     * @param lines whether to name lines in messages
     */
    static Yaml parse(String text, String source, boolean lines) {
        LoadSettings settings = LoadSettings.builder()
                .setLabel(source)
                .setMaxAliasesForCollections(50)
                .setCodePointLimit(1 << 20)
                .build();
        return compose(text, settings, source, lines)
                .map(node -> from(node, source, lines, 0))
                .orElseGet(() -> new Mapping(Map.of(), source));
    }

    /** The document's node; empty for an empty document. */
    private static Optional<Node> compose(String text, LoadSettings settings, String source, boolean lines) {
        try {
            checkDepth(new Parse(settings).parseString(text), source, lines);
            return new Compose(settings).composeString(text);
        } catch (MarkedYamlEngineException e) {
            String line = e.getProblemMark()
                    .filter(mark -> lines)
                    .map(mark -> ", line " + (mark.getLine() + 1))
                    .orElse("");
            throw new UserException(source + line + ": not YAML: " + e.getProblem(), e);
        } catch (YamlEngineException | IllegalArgumentException e) {
            // The library refuses tags with spaces by an exception that is not its own.
            throw new UserException(source + ": not YAML: " + e.getMessage(), e);
        }
    }

    /** Refuses what is nested deep while it is parsed, event by event: composing nodes calls itself for each depth. */
    private static void checkDepth(Iterable<Event> events, String source, boolean lines) {
        int depth = 0;
        for (Event event : events) {
            switch (event.getEventId()) {
                case MappingStart, SequenceStart -> depth++;
                case MappingEnd, SequenceEnd -> depth--;
                default -> {
                    // Scalars, aliases and documents nest nothing.
                }
            }
            if (depth > DEEPEST + 1) {
                String place = event.getStartMark()
                        .filter(mark -> lines)
                        .map(mark -> source + ", line " + (mark.getLine() + 1))
                        .orElse(source);
                throw new UserException(place + ": nested more than " + DEEPEST + " deep");
            }
        }
    }

    private static Yaml from(Node node, String source, boolean lines, int depth) {
        String place = place(node, source, lines);
        if (depth > DEEPEST) {
            throw new UserException(place + ": nested more than " + DEEPEST + " deep");
        }
        if (!node.getTag().getValue().startsWith(Tag.PREFIX)) {
            throw new UserException(place + ": found tag " + node.getTag() + ", expected plain values");
        }
        return switch (node) {
            case ScalarNode scalar -> new Scalar(scalar.getValue(), !scalar.isPlain(), place);
            case SequenceNode sequence ->
                new Sequence(
                        sequence.getValue().stream()
                                .map(item -> from(item, source, lines, depth + 1))
                                .toList(),
                        place);
            case MappingNode mapping -> {
                Map<String, Yaml> values = new LinkedHashMap<>();
                for (NodeTuple entry : mapping.getValue()) {
                    String keyPlace = place(entry.getKeyNode(), source, lines);
                    if (!(entry.getKeyNode() instanceof ScalarNode key)) {
                        throw new UserException(keyPlace + ": found a setting's name that is no string");
                    }
                    Yaml value = from(entry.getValueNode(), source, lines, depth + 1);
                    if (values.put(key.getValue(), value) != null) {
                        throw new UserException(keyPlace + ": \"" + key.getValue() + "\" is given twice");
                    }
                }
                yield new Mapping(values, place);
            }
            default -> throw new UserException(place + ": found an unexpected YAML node " + node.getNodeType());
        };
    }

    private static String place(Node node, String source, boolean lines) {
        return lines
                ? node.getStartMark()
                        .map(mark -> source + ", line " + (mark.getLine() + 1))
                        .orElse(source)
                : source;
    }

    /**
     * The settings of {@code base}, replaced by those of {@code over}: mappings merge, anything else replaces. A mapping
     * of another {@code kind} replaces the base's as a whole, as its settings mean other things.
     */
    static Yaml merge(Yaml base, Yaml over) {
        if (!(base instanceof Mapping(Map<String, Yaml> below, String ignored))
                || !(over instanceof Mapping(Map<String, Yaml> above, String place))) {
            return over;
        }
        if (above.get("kind") instanceof Scalar kind
                && !(below.get("kind") instanceof Scalar kindBelow && kindBelow.text.equals(kind.text))) {
            return over;
        }
        Map<String, Yaml> merged = new LinkedHashMap<>(below);
        above.forEach((name, value) -> merged.merge(name, value, Yaml::merge));
        return new Mapping(merged, place);
    }

    /** A document with one value at a path of names. */
    static Yaml at(List<String> path, Yaml value) {
        Yaml result = value;
        for (String name : new ArrayList<>(path).reversed()) {
            result = new Mapping(new LinkedHashMap<>(Map.of(name, result)), value.place());
        }
        return result;
    }
}
