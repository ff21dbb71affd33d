package org.espalier.report.reproduction;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
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
    private final List<Path> written = new ArrayList<>();

    private FindingsFiles(String name, Path directory) {
        this.name = name;
        this.directory = directory;
    }

    /**
     * Writes the files of a search, or of all stores of a reproduction of the paper, and draws the figures of the documents from all
     * files. Files and rows of the same name are replaced.
     *
     * @param run directory of a search, or folder of {@code espalier reproduce paper}
     * @param name begins the names of the files
     * @param directory folder of the files
     * @return the files written
     * @throws UserException if there is no search, or a file cannot be written
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
        ReproductionFiles reproduction = ReproductionFiles.read(home);
        ReproductionFiles.Written made = reproduction.write();
        if (!made.problems().isEmpty()) {
            throw new UserException(made.problems().getFirst());
        }
        for (String file : List.of("differences", "claims", "claim-tests")) {
            text(file, new String(AtomicFiles.read(made.folder().resolve(file + ".csv")), StandardCharsets.UTF_8));
        }
        stores(reproduction.runs().stream()
                .map(run -> row(run.part().store(), run.run(), reproduction.digest(run), run.command()))
                .toList());
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

    private void stores(List<List<String>> rows) {
        Path file = directory.resolve(STORES);
        List<List<String>> all = new ArrayList<>(rows);
        if (Files.exists(file)) {
            for (Map<String, String> row : Csv.read(file)) {
                if (!row.keySet().containsAll(COLUMNS)) {
                    throw new UserException(file + " has the columns " + String.join(", ", row.keySet()) + "; expected "
                            + String.join(", ", COLUMNS));
                }
                if (!name.equals(row.get("name"))) {
                    all.add(COLUMNS.stream().map(row::get).toList());
                }
            }
        }
        List<List<String>> sorted = all.stream()
                .sorted(Comparator.comparing((List<String> row) -> row.getFirst())
                        .thenComparing(row -> row.get(1)))
                .collect(Collectors.toList());
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
