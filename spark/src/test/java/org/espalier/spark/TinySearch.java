package org.espalier.spark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.espalier.cli.console.Version;
import org.espalier.cli.place.PlaceRequest;
import org.espalier.data.DataProgress;
import org.espalier.fixtures.BrightColumns;
import org.espalier.fixtures.Trees;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.experiment.ExperimentFile;
import org.espalier.lab.robustness.EvaluationObserver;
import org.espalier.lab.robustness.EvaluationRunner;
import org.espalier.lab.robustness.ExperimentEvaluation;
import org.espalier.lab.runner.RunObserver;
import org.espalier.lab.runner.RunRequest;
import org.espalier.lab.runner.Runner;
import org.espalier.lab.store.Store;

/** A search that trains in moments: images of 3 x 3 pixels, of which column {@code label} is bright. */
final class TinySearch {
    /** Updates of a level. */
    private final int iterations;

    private final boolean evaluated;
    private final Path home;
    private final Path data;

    /** Writes 60 training and 30 test images of three classes as four IDX files. */
    TinySearch(Path home, int iterations) throws IOException {
        this(home, iterations, false);
    }

    /**
     * The same.
     *
     * @param evaluated whether all levels are attacked at the end
     */
    TinySearch(Path home, int iterations, boolean evaluated) throws IOException {
        this.home = home;
        this.evaluated = evaluated;
        this.iterations = iterations;
        this.data = home.resolve("data");
        BrightColumns.write(data);
    }

    /** The experiment's file: two trials, three strategies that share dense levels, a rewind. */
    Path file() throws IOException {
        Path file = home.resolve("tiny.yaml");
        Files.writeString(file, """
                name: tiny
                seed: 7
                trials: 2
                data:
                  sets: [{name: tiny, directory: "%s"}]
                  validation: 20
                network:
                  hidden: [6]
                training:
                  iterations: %d
                  batch: 10
                attacks:
                  fgsm: {kind: fgsm, epsilon: 0.1}
                objectives: [fgsm]
                evaluation:
                  every: %d
                  attacks: [fgsm]
                pruning:
                  levels: 2
                strategies: [original, rewind-%d, continued]
                report:
                  iteration: %d
                %s
                """.formatted(
                        data,
                        iterations,
                        iterations / 2,
                        iterations / 4,
                        iterations,
                        evaluated ? "robustness: {suite: fast, epsilon: 0.2, images: 30}" : ""));
        return file;
    }

    Path data() {
        return data;
    }

    Experiment experiment() throws IOException {
        return ExperimentFile.read(file().toString(), List.of());
    }

    RunRequest request(Path directory) throws IOException {
        return new RunRequest(
                experiment(), directory, 2, RunRequest.USUAL_CHECKPOINT, Version.number(), List.of("run"));
    }

    /** The same search for a place. */
    PlaceRequest request(Path directory, String master, Optional<String> store, Map<String, String> settings)
            throws IOException {
        return new PlaceRequest(
                request(directory),
                Optional.empty(),
                Optional.ofNullable(master),
                store,
                settings,
                Optional.empty(),
                1 << 20,
                1 << 20);
    }

    /** What one machine makes: digests by file. */
    Map<String, String> onOneMachine() throws IOException {
        Path whole = home.resolve("whole");
        if (!Files.exists(whole)) {
            new Runner(request(whole), RunObserver.NONE).run(DataProgress.NONE);
            new EvaluationRunner(
                            ExperimentEvaluation.of(Store.open(whole), DataProgress.NONE), 2, EvaluationObserver.NONE)
                    .run();
        }
        return made(whole);
    }

    /** The files of a search that do not depend on when and where it ran. */
    static Map<String, String> made(Path directory) throws IOException {
        Map<String, String> made = new TreeMap<>(Trees.digests(directory));
        // Tables are the report's, which says more than the store.
        made.keySet()
                .removeIf(name -> name.startsWith("cluster/") || name.matches("(results|robustness)[^/]*[.](csv|md)"));
        return made;
    }
}
