package org.espalier.lab.study;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.espalier.UserException;
import org.espalier.engine.KernelMode;
import org.espalier.lab.experiment.ExperimentFile;
import org.espalier.lab.experiment.Names;
import org.espalier.lab.file.AtomicFiles;
import org.espalier.lab.file.Directories;
import org.espalier.lab.file.Json;
import org.espalier.lab.plan.Numerics;
import org.espalier.lab.store.Store;
import org.espalier.lab.store.StoreWriter;
import org.espalier.setting.Extension;
import org.espalier.setting.Registry;
import tools.jackson.databind.JsonNode;

/**
 * Studies by name, and their results in {@code studies/NAME} of a directory: {@code KEY.json}, and {@code KEY-TABLE.csv} for
 * each table. KEY follows from settings and trained levels, those of other searches that the study reads too, so that the same
 * study of the same searches is read and not run again.
 */
public final class Studies {
    /** Directory of a search with the results of studies. */
    public static final String DIRECTORY = "studies";

    private static final int KEY = 16;

    private Studies() {}

    /**
     * A result that is kept.
     *
     * @param study name of the study
     * @param file its JSON
     * @param settings of the study, as its JSON has them
     */
    public record Stored(String study, Path file, String settings, StudyResult result) {}

    /** All studies, in the order of their registration. */
    public static List<StudyKind<?>> kinds() {
        List<StudyKind<?>> kinds = new ArrayList<>();
        for (Extension<?> kind : Registry.of(StudyKind.class).all()) {
            kinds.add((StudyKind<?>) kind);
        }
        return kinds;
    }

    /**
     * The study of a name.
     *
     * @throws UserException if there is none
     */
    public static StudyKind<?> kind(String name) {
        return kinds().stream()
                .filter(kind -> kind.kind().equals(name))
                .findFirst()
                .orElseThrow(() -> new UserException("there is no study " + name + ", "
                        + Names.suggestion(
                                name, kinds().stream().map(StudyKind::kind).toList())));
    }

    /**
     * Runs a study, or reads its result where it has run before.
     *
     * @param directory of a search, or for a study that needs none, any
     * @param overrides each {@code path=value}
     * @param jobs threads, at least 1
     * @throws UserException if settings, search or data do not fit
     */
    public static Stored run(
            StudyKind<?> kind,
            Path directory,
            List<String> overrides,
            int jobs,
            KernelMode kernels,
            StudyContext.Data data,
            Consumer<String> progress) {
        Record settings = ExperimentFile.settings(kind.settings(), overrides);
        Optional<Store> store = kind.needsRun() ? Optional.of(Store.open(directory)) : Optional.empty();
        Map<String, Object> identity = new LinkedHashMap<>();
        identity.put("study", kind.kind());
        identity.put("numerics", Numerics.VERSION);
        identity.put("settings", ExperimentFile.identity(settings));
        store.ifPresent(each -> identity.put("levels", each.trained()));
        List<Path> searches = StudyKind.searchesOf(settings);
        if (!searches.isEmpty()) {
            identity.put(
                    "levels-of-searches",
                    searches.stream()
                            .map(search -> Store.open(search).trained())
                            .toList());
        }
        String key = StoreWriter.key(identity).substring(0, KEY);
        Path folder = directory.resolve(DIRECTORY).resolve(kind.kind());
        Path file = folder.resolve(key + ".json");
        if (Files.exists(file)) {
            return read(file);
        }
        Path parts = folder.resolve(key + ".parts");
        StudyResult result = StudyKind.of(settings, new StudyContext(store, parts, jobs, kernels, data, progress));
        AtomicFiles.makeDirectory(folder);
        for (StudyResult.Table table : result.tables()) {
            AtomicFiles.write(folder.resolve(key + "-" + table.name() + ".csv"), csv(table));
        }
        AtomicFiles.write(file, (Json.write(content(kind, settings, result)) + "\n").getBytes(StandardCharsets.UTF_8));
        remove(parts);
        return read(file);
    }

    /** Removes what an interrupted study would need to go on. */
    private static void remove(Path parts) {
        if (!Files.isDirectory(parts)) {
            return;
        }
        try {
            for (Path file : Directories.list(parts)) {
                Files.delete(file);
            }
            Files.delete(parts);
        } catch (IOException e) {
            throw new UserException(parts + " cannot be removed: " + e.getMessage(), e);
        }
    }

    private static Map<String, Object> content(StudyKind<?> kind, Record settings, StudyResult result) {
        Map<String, Object> content = new LinkedHashMap<>();
        content.put("format", "espalier-1");
        content.put("kind", "study");
        content.put("study", kind.kind());
        content.put("question", kind.question());
        content.put("source", kind.source());
        content.put("settings", ExperimentFile.tree(settings));
        content.put("tables", result.tables().stream().map(Studies::tree).toList());
        content.put("figures", result.figures().stream().map(Studies::tree).toList());
        return content;
    }

    private static Map<String, Object> tree(StudyResult.Table table) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("name", table.name());
        tree.put("title", table.title());
        tree.put("keys", table.keys());
        tree.put("headings", table.headings());
        tree.put("rows", table.rows());
        tree.put("notes", table.notes());
        return tree;
    }

    private static Map<String, Object> tree(StudyResult.Figure figure) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("name", figure.name());
        tree.put("title", figure.title());
        tree.put("caption", figure.caption());
        tree.put("x", figure.x());
        tree.put("y", figure.y());
        List<Object> curves = new ArrayList<>();
        for (StudyResult.Curve curve : figure.curves()) {
            Map<String, Object> each = new LinkedHashMap<>();
            each.put("name", curve.name());
            each.put("x", curve.x());
            each.put("y", curve.y());
            curves.add(each);
        }
        tree.put("curves", curves);
        return tree;
    }

    private static byte[] csv(StudyResult.Table table) {
        StringBuilder text = new StringBuilder();
        text.append(line(table.headings()));
        table.rows().forEach(row -> text.append(line(row)));
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static String line(List<String> cells) {
        return cells.stream()
                        .map(cell -> cell.matches("[^\",\n\r]*") ? cell : '"' + cell.replace("\"", "\"\"") + '"')
                        .collect(Collectors.joining(","))
                + "\n";
    }

    /**
     * The results in a directory, by study and file name.
     *
     * @throws UserException if one is damaged
     */
    public static List<Stored> in(Path directory) {
        Path studies = directory.resolve(DIRECTORY);
        List<Path> files = new ArrayList<>();
        for (Path folder : list(studies)) {
            list(folder).stream()
                    .filter(file -> file.toString().endsWith(".json"))
                    .forEach(files::add);
        }
        return files.stream().map(Studies::read).toList();
    }

    private static List<Path> list(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try {
            return Directories.list(folder);
        } catch (IOException e) {
            throw new UserException(folder + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static Stored read(Path file) {
        String source = file.toString();
        JsonNode json = Json.parse(AtomicFiles.read(file), source);
        try {
            StudyResult result = new StudyResult(
                    each(
                            json,
                            "tables",
                            source,
                            node -> new StudyResult.Table(
                                    Json.string(node, "name", source),
                                    Json.string(node, "title", source),
                                    Json.whole(node, "keys", source),
                                    Json.strings(node, "headings", source),
                                    rows(node, source),
                                    Json.strings(node, "notes", source))),
                    each(
                            json,
                            "figures",
                            source,
                            node -> new StudyResult.Figure(
                                    Json.string(node, "name", source),
                                    Json.string(node, "title", source),
                                    Json.string(node, "caption", source),
                                    Json.string(node, "x", source),
                                    Json.string(node, "y", source),
                                    each(
                                            node,
                                            "curves",
                                            source,
                                            curve -> new StudyResult.Curve(
                                                    Json.string(curve, "name", source),
                                                    Json.doubles(curve, "x", source),
                                                    Json.doubles(curve, "y", source))))));
            return new Stored(
                    Json.string(json, "study", source),
                    file,
                    Json.object(json, "settings", source).toString(),
                    result);
        } catch (IllegalArgumentException e) {
            throw new UserException(source + " is damaged: " + e.getMessage(), e);
        }
    }

    private static <T> List<T> each(JsonNode json, String name, String source, Function<JsonNode, T> of) {
        List<T> all = new ArrayList<>();
        for (JsonNode node : Json.list(json, name, source)) {
            all.add(of.apply(node));
        }
        return all;
    }

    private static List<List<String>> rows(JsonNode table, String source) {
        List<List<String>> rows = new ArrayList<>();
        for (JsonNode row : Json.list(table, "rows", source)) {
            List<String> cells = new ArrayList<>();
            for (JsonNode cell : row) {
                cells.add(cell.stringValue());
            }
            rows.add(cells);
        }
        return rows;
    }
}
