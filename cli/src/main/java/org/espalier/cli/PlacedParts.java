package org.espalier.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.espalier.cli.console.Console;
import org.espalier.cli.console.Interruption;
import org.espalier.cli.console.Version;
import org.espalier.cli.memory.MemoryNeed;
import org.espalier.cli.place.PlaceOptions;
import org.espalier.cli.place.PlacedWork;
import org.espalier.cli.place.RunPlace;
import org.espalier.cli.progress.DataProgressLines;
import org.espalier.cli.progress.Durations;
import org.espalier.data.DataSet;
import org.espalier.engine.KernelMode;
import org.espalier.lab.certification.CertificationRequest;
import org.espalier.lab.certification.CertificationRunner;
import org.espalier.lab.cluster.PartWorker;
import org.espalier.lab.cluster.WorkRequest;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.file.AtomicFiles;
import org.espalier.lab.file.StoreLock;
import org.espalier.lab.jobs.PartedWork;
import org.espalier.lab.plan.StartNetwork;
import org.espalier.lab.robustness.EvaluationRequest;
import org.espalier.lab.robustness.EvaluationRunner;
import org.espalier.lab.runner.LevelWork;
import org.espalier.lab.runner.RunRequest;
import org.espalier.lab.runner.Runner;
import org.espalier.lab.store.Store;
import org.espalier.lab.tickets.Ticket;

/** Evaluations and certificates of a search's levels that a cluster makes. */
final class PlacedParts {
    private PlacedParts() {}

    /**
     * Evaluations as work of a place.
     *
     * @param suite name of the suite of all requests, or its file
     * @param root directory of the search
     */
    static List<PlacedWork> evaluations(List<EvaluationRequest> requests, String suite, Path root) {
        return requests.stream()
                .map(request -> {
                    Ticket.Place place = request.ticket().place().orElseThrow();
                    return new PlacedWork(
                            EvaluationRunner.parted(request, root),
                            place.key(),
                            place.weights(),
                            request.recipe(suite));
                })
                .toList();
    }

    /**
     * Certificates as work of a place.
     *
     * @param root directory of the search
     */
    static List<PlacedWork> certificates(List<CertificationRequest> requests, Path root) {
        return requests.stream()
                .map(request -> {
                    Ticket.Place place = request.ticket().place().orElseThrow();
                    return new PlacedWork(
                            CertificationRunner.parted(request, root), place.key(), place.weights(), request.recipe());
                })
                .toList();
    }

    /**
     * Connects to a place and has it do the work.
     *
     * @param jobs most parts at the same time, if limited
     * @param root directory of the search
     * @param kind the folder of the results in it
     * @param command arguments of the command line
     * @return empty if all is whole; else the exit code of the interruption
     */
    static OptionalInt run(
            Console console,
            RunPlace place,
            PlaceOptions options,
            Optional<Integer> jobs,
            Path root,
            String kind,
            List<PlacedWork> works,
            List<String> command) {
        Store store = Store.open(root);
        Experiment experiment = store.experiment();
        Map<String, DataSet> data;
        try (DataProgressLines lines = DataProgressLines.on(console)) {
            data = Runner.load(experiment, lines);
        }
        Optional<StartNetwork> start = StartNetwork.of(experiment);
        MemoryNeed need = MemoryNeed.of(experiment, data, start);
        RunRequest request = new RunRequest(
                experiment,
                root,
                jobs.orElse(1),
                KernelMode.AUTO,
                WorkRequest.USUAL_CHECKPOINT,
                Version.number(),
                command,
                start);
        LevelWork search = new LevelWork(request, data);
        search.check(store);
        try (RunPlace.Connection connection =
                place.connect(options.request(request, jobs, need.bytes(0), need.job()))) {
            return run(console, connection, search, root, kind, works);
        }
    }

    /**
     * Has a connected place do the work.
     *
     * @param root directory of the search
     * @param kind the folder of the results in it
     * @return empty if all is whole; else the exit code of the interruption
     */
    static OptionalInt run(
            Console console,
            RunPlace.Connection connection,
            LevelWork search,
            Path root,
            String kind,
            List<PlacedWork> works) {
        AtomicFiles.makeDirectory(root.resolve(kind));
        String what = kind.equals(Ticket.CERTIFICATES) ? "certificate" : "evaluation";
        try (StoreLock _ = StoreLock.acquire(root.resolve(kind));
                Interruption interruption = Interruption.expect(() -> {
                    console.err().println("stopping; waits for the batches in work");
                    connection.stop();
                })) {
            console.err()
                    .println(works.size() + " " + what + (works.size() == 1 ? "" : "s") + " to make on the cluster");
            return connection.make(search, works, new Lines(console, works.size()))
                    ? OptionalInt.empty()
                    : OptionalInt.of(interruption.stopped(console));
        }
    }

    /** A line for each evaluation or certificate that is whole. */
    private static final class Lines implements PartWorker.Observer {
        private final Console console;
        private final int works;
        private final long started = System.nanoTime();
        private int finished;

        Lines(Console console, int works) {
            this.console = console;
            this.works = works;
        }

        @Override
        public synchronized void finished(PartedWork work) {
            finished++;
            Duration elapsed = Duration.ofNanos(System.nanoTime() - started);
            console.err()
                    .println(work.label() + ": done, " + finished + " of " + works + " in " + Durations.of(elapsed));
        }

        @Override
        public synchronized void warned(String sentence) {
            console.err().println(sentence);
        }
    }
}
