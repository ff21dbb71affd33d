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
    private final List<Path> written = new ArrayList<>();

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
     * @throws UserException if there is no search, a file cannot be read or written, the name is one of the other kind, or a store of the
     *     paper has fewer trained levels than are kept of it; no file has changed then, unless it could not be written
     */
    public static List<Path> keep(Path run, String name, Path directory) {
        AtomicFiles.makeDirectory(directory);
        var files = new FindingsFiles(name, directory);
        if (Files.exists(run.resolve(Store.INDEX))) {
            files.search(run);
        } else {
            files.paper(run);
        }
        files.figures();
        return List.copyOf(files.written);
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
            AtomicFiles.delete(file("results")); // of the search as it was when it was smaller
        }
        if (!read.robustness().evaluations().isEmpty()) {
            text("robustness", written(text -> RobustnessCsv.attacks(read.robustness(), text)));
        }
        if (!read.robustness().certificates().isEmpty()) {
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
        ReproductionFiles.Written made = reproduction.write();
        if (!made.problems().isEmpty()) {
            throw new UserException(made.problems().getFirst());
        }
        Set<String> stores =
                reproduction.runs().stream().map(run -> run.part().store()).collect(Collectors.toSet());
        Map<String, String> merged = new LinkedHashMap<>();
        for (String kind : List.of("differences", "claims", "claim-tests")) {
            merged.put(kind, PaperRows.merged(made.folder().resolve(kind + ".csv"), file(kind), stores));
        }
        merged.forEach(this::text);
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

    private Path file(String kind) {
        return directory.resolve(name + "-" + kind + ".csv");
    }

    private void text(String kind, String content) {
        Path file = file(kind);
        AtomicFiles.writeRepeatable(file, content.getBytes(StandardCharsets.UTF_8));
        written.add(file);
    }

    /** Writes rows in place of those of the same name; of the paper, of the same name and store. */
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
        Path file = directory.resolve(STORES);
        AtomicFiles.writeRepeatable(file, Csv.of(COLUMNS, sorted).getBytes(StandardCharsets.UTF_8));
        written.add(file);
    }

    /** Draws all figures anew: one may show several searches. */
    private void figures() {
        Path folder = directory.resolve(FindingsFigures.FOLDER);
        Map<String, String> drawn = FindingsFigures.drawn(directory);
        if (!drawn.isEmpty()) {
            AtomicFiles.makeDirectory(folder);
        }
        drawn.forEach((file, svg) -> {
            AtomicFiles.writeRepeatable(folder.resolve(file), svg.getBytes(StandardCharsets.UTF_8));
            written.add(folder.resolve(file));
        });
    }
}
