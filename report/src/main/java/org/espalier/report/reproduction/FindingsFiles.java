package org.espalier.report.reproduction;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.espalier.UserException;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.experiment.PresetCommand;
import org.espalier.lab.file.AtomicFiles;
import org.espalier.lab.store.Store;
import org.espalier.report.content.Report;
import org.espalier.report.format.Csv;
import org.espalier.report.format.ResultsCsv;
import org.espalier.report.format.RobustnessCsv;
import org.espalier.report.verdict.Terms;

/**
 * Keeps the results of searches as CSV files in a folder of a clone, with the command and the digest of each store. Documents take
 * their figures from these files.
 */
public final class FindingsFiles {
    /** Lists the stores whose results are kept. */
    public static final String STORES = "stores.csv";

    /** Measurements of training that take more are left out: a clone carries the files. */
    private static final int MOST_CHARACTERS = 400_000;

    private static final List<String> COLUMNS = List.of("name", "store", "levels", "digest", "command");

    private final String name;
    private final Path directory;
    private final List<Map<String, String>> kept; // rows of all stores kept before
    // All is made before anything is written.
    private final Map<String, String> texts = new LinkedHashMap<>(); // by name of the file
    private final Set<String> deleted = new LinkedHashSet<>(); // names of files of the search as it was

    private FindingsFiles(String name, Path directory) {
        this.name = name;
        this.directory = directory;
        Path file = directory.resolve(STORES);
        if (Files.exists(file)) {
            Csv.requireColumns(file, COLUMNS);
            kept = Csv.read(file);
        } else {
            kept = List.of();
        }
    }

    /**
     * Writes the files of a search, or of all stores of a reproduction of the paper, and draws the figures of the documents from all
     * files. Files and rows of the same name are replaced. Of a reproduction, rows of stores that the folder lacks stay.
     *
     * @param run directory of a search, or folder of {@code espalier reproduce paper}
     * @param name begins the names of the files
     * @param directory folder of the files
     * @return the files written
     * @throws UserException if there is no search, a file cannot be read, drawn or written, the name is one of the other kind, or a store of
     *     the paper has fewer trained levels than are kept of it; no file has changed then, unless it could not be written
     */
    public static List<Path> keep(Path run, String name, Path directory) {
        if (!Files.exists(run)) {
            throw new UserException(run + " is missing; expected the directory of a search, or the folder of"
                    + " \"espalier reproduce paper\"");
        }
        var files = new FindingsFiles(name, directory);
        if (Files.exists(run.resolve(Store.INDEX))) {
            files.search(run);
        } else {
            files.paper(run);
        }
        return files.write(FindingsFigures.drawn(directory, files.texts, files.deleted));
    }

    private void search(Path run) {
        requireName(false, "the paper's stores");
        Report report = Report.read(List.of(run), Terms.USUAL);
        if (!report.problems().isEmpty()) {
            throw new UserException(report.problems().getFirst());
        }
        Report.Run read = report.runs().getFirst();
        String results = ResultsCsv.of(read.results());
        if (results.length() <= MOST_CHARACTERS) {
            text("results", results);
        } else {
            deleted.add(file("results"));
        }
        if (read.robustness().evaluations().isEmpty()) {
            deleted.add(file("robustness"));
        } else {
            text("robustness", written(text -> RobustnessCsv.attacks(read.robustness(), text)));
        }
        if (read.robustness().certificates().isEmpty()) {
            deleted.add(file("certificates"));
        } else {
            text("certificates", written(text -> RobustnessCsv.certificates(read.robustness(), text)));
        }
        Experiment experiment = read.store().experiment();
        stores(List.of(row(
                experiment.name(),
                read,
                read.store().digest(),
                PresetCommand.of(experiment).map(PresetCommand::typed).orElse(""))));
    }

    private void paper(Path home) {
        requireName(true, "a search");
        ReproductionFiles reproduction = ReproductionFiles.read(home);
        reproduction.runs().forEach(this::requireLevels);
        if (!reproduction.problems().isEmpty()) {
            throw new UserException(reproduction.problems().getFirst());
        }
        Set<String> stores =
                reproduction.runs().stream().map(run -> run.part().store()).collect(Collectors.toSet());
        reproduction
                .csv()
                .forEach((kind, made) -> text(kind, PaperRows.merged(made, directory.resolve(file(kind)), stores)));
        stores(reproduction.runs().stream()
                .map(run -> row(run.part().store(), run.run(), reproduction.digest(run), run.command()))
                .toList());
    }

    /** Refuses a name under which results of the other kind are kept: their files and rows would be mixed. */
    private void requireName(boolean paper, String other) {
        if (kept.stream()
                .anyMatch(row ->
                        name.equals(row.get("name")) && value(row, "command").startsWith(PaperRun.COMMAND) != paper)) {
            throw new UserException("--name " + name + " is that of " + other + " in " + directory.resolve(STORES)
                    + "; expected another name");
        }
    }

    /** Refuses a store that would replace one with more trained levels. */
    private void requireLevels(PaperRun run) {
        int levels = run.run().trained().done();
        for (Map<String, String> row : kept) {
            if (name.equals(row.get("name")) && run.part().store().equals(row.get("store")) && levels(row) > levels) {
                throw new UserException(run.run().directory() + " has " + levels + " trained levels; expected "
                        + row.get("levels") + " or more, as " + directory.resolve(STORES)
                        + " has of this store (delete the row there to keep fewer)");
            }
        }
    }

    private int levels(Map<String, String> row) {
        String levels = value(row, "levels");
        try {
            return Integer.parseInt(levels);
        } catch (NumberFormatException e) {
            throw new UserException(
                    directory.resolve(STORES) + " has \"" + levels + "\" in column levels; expected a whole number", e);
        }
    }

    private static String value(Map<String, String> row, String column) {
        return Objects.requireNonNull(row.get(column), column);
    }

    private List<String> row(String store, Report.Run run, String digest, String command) {
        return List.of(name, store, Integer.toString(run.trained().done()), digest, command);
    }

    /** Something that writes text piece by piece. */
    private interface Pieces {
        void write(Appendable text) throws IOException;
    }

    private static String written(Pieces pieces) {
        var text = new StringWriter();
        try {
            pieces.write(text);
        } catch (IOException e) {
            throw new UncheckedIOException("a text in memory cannot fail to be written", e);
        }
        return text.toString();
    }

    private String file(String kind) {
        return name + "-" + kind + ".csv";
    }

    private void text(String kind, String content) {
        texts.put(file(kind), content);
    }

    /** Puts rows in place of those of the same name; of the paper, of the same name and store. */
    private void stores(List<List<String>> rows) {
        boolean paper = rows.stream().anyMatch(row -> row.getLast().startsWith(PaperRun.COMMAND));
        Set<String> stores = rows.stream().map(row -> row.get(1)).collect(Collectors.toSet());
        List<List<String>> all = new ArrayList<>(rows);
        kept.stream()
                .filter(row -> !name.equals(row.get("name")) || paper && !stores.contains(value(row, "store")))
                .forEach(row -> all.add(
                        COLUMNS.stream().map(column -> value(row, column)).toList()));
        List<List<String>> sorted = all.stream()
                .sorted(Comparator.comparing((List<String> row) -> row.getFirst())
                        .thenComparing(row -> row.get(1)))
                .collect(Collectors.toList());
        texts.put(STORES, Csv.of(COLUMNS, sorted));
    }

    /**
     * Writes the files, and all figures anew: one may show several searches.
     *
     * @param drawn SVG by file name
     * @return the files written
     */
    private List<Path> write(Map<String, String> drawn) {
        AtomicFiles.makeDirectory(directory);
        List<Path> written = new ArrayList<>();
        texts.forEach((file, text) -> written.add(write(directory.resolve(file), text)));
        deleted.forEach(file -> AtomicFiles.delete(directory.resolve(file)));
        if (!drawn.isEmpty()) {
            Path folder = directory.resolve(FindingsFigures.FOLDER);
            AtomicFiles.makeDirectory(folder);
            drawn.forEach((file, svg) -> written.add(write(folder.resolve(file), svg)));
        }
        return List.copyOf(written);
    }

    private static Path write(Path file, String text) {
        AtomicFiles.writeRepeatable(file, text.getBytes(StandardCharsets.UTF_8));
        return file;
    }
}
