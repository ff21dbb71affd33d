package org.espalier.lab.store;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.UserException;
import org.espalier.data.Split;
import org.espalier.data.Splits;
import org.espalier.evaluate.Chance;
import org.espalier.lab.file.AtomicFiles;
import org.espalier.lab.file.Json;
import tools.jackson.databind.JsonNode;

/**
 * How many images of each class the measured splits of a search have, and the classes' names: {@code classes.json}. A report
 * needs it for {@link Chance}, and reads no data.
 */
final class ClassCounts {
    static final String FILE = "classes.json";

    private ClassCounts() {}

    /**
     * Writes the counts of all data sets.
     *
     * @param splits measured splits by data set
     * @param classes number of classes by data set
     * @param names of the classes by data set, where they have names
     */
    static void write(
            Path store, Map<String, Splits> splits, Map<String, Integer> classes, Map<String, List<String>> names) {
        Map<String, Object> sets = new LinkedHashMap<>();
        splits.forEach((name, parts) -> {
            Map<String, Object> set = new LinkedHashMap<>();
            for (Split split : List.of(parts.validation(), parts.test())) {
                set.put(split.name(), counts(split, classes.getOrDefault(name, 1)));
            }
            sets.put(name, set);
        });
        Map<String, Object> file = new LinkedHashMap<>();
        file.put("format", Store.FORMAT);
        file.put("images", sets);
        Map<String, Object> named = new LinkedHashMap<>();
        names.forEach((name, list) -> {
            if (!list.isEmpty()) {
                named.put(name, new ArrayList<Object>(list));
            }
        });
        if (!named.isEmpty()) {
            file.put("names", named);
        }
        AtomicFiles.write(store.resolve(FILE), (Json.write(file) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private static List<Object> counts(Split split, int classes) {
        int[] counts = new int[classes];
        for (int label : split.labels()) {
            counts[label]++;
        }
        List<Object> list = new ArrayList<>();
        for (int count : counts) {
            list.add(count);
        }
        return list;
    }

    /**
     * Names of a data set's classes as the search saw them; empty if they are called by their numbers, and for stores of older
     * versions.
     *
     * @throws UserException if the file is damaged
     */
    static List<String> names(Path store, String dataset) {
        Path file = store.resolve(FILE);
        if (!Files.exists(file)) {
            return List.of();
        }
        String source = file.toString();
        JsonNode names = Json.parse(AtomicFiles.read(file), source).path("names");
        return names.has(dataset) ? Json.strings(names, dataset, source) : List.of();
    }

    /**
     * Chance on a split; empty for stores of older versions, which have no counts.
     *
     * @throws UserException if the file is damaged
     */
    static Optional<Chance> chance(Path store, String dataset, String split) {
        Path file = store.resolve(FILE);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        String source = file.toString();
        JsonNode counts = Json.parse(AtomicFiles.read(file), source)
                .path("images")
                .path(dataset)
                .path(split);
        if (counts.isMissingNode()) {
            return Optional.empty();
        }
        long most = 0;
        long all = 0;
        for (JsonNode count : counts) {
            if (!count.canConvertToInt() || count.intValue() < 0) {
                throw new UserException(source + " is damaged: images holds " + count + ", expected whole numbers");
            }
            most = Math.max(most, count.intValue());
            all += count.intValue();
        }
        if (!counts.isArray() || all == 0) {
            throw new UserException(source + " is damaged: images of " + dataset + ", " + split + " are not counted");
        }
        return Optional.of(new Chance((double) most / all));
    }
}
