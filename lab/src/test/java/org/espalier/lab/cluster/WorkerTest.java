package org.espalier.lab.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.espalier.UserException;
import org.espalier.fixtures.Trees;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.file.Json;
import org.espalier.lab.file.StoreLock;
import org.espalier.lab.runner.LevelWork;
import org.espalier.lab.runner.RunObserver;
import org.espalier.lab.runner.RunRequest;
import org.espalier.lab.runner.Runner;
import org.espalier.lab.runner.TinyData;
import org.espalier.lab.store.Store;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkerTest {
    private static final int ITERATIONS = 600;
    private static final int KILLS = 10;
    private static final int WINDOW_MILLIS = 200;
    private static final Duration TERM = Duration.ofSeconds(2);

    @TempDir
    private Path home;

    private Path shared;
    private final List<String> warnings = new CopyOnWriteArrayList<>();

    private final RunObserver observer = new RunObserver() {
        @Override
        public void warned(String sentence) {
            warnings.add(sentence);
        }
    };

    private static Runner runner(int iterations, Path directory, String... overrides) {
        Experiment experiment = TinyData.experiment(iterations, overrides);
        return new Runner(
                new RunRequest(experiment, directory, 2, Duration.ofSeconds(30), "test", List.of()), RunObserver.NONE);
    }

    @BeforeEach
    void plan() {
        shared = home.resolve("shared");
        runner(ITERATIONS, shared).prepare(TinyData.data());
    }

    private Map<String, String> whole() throws IOException {
        Path whole = home.resolve("whole");
        if (!Files.exists(whole)) {
            runner(ITERATIONS, whole).run(TinyData.data());
        }
        return Trees.digests(whole);
    }

    /** The store without the files by which workers agree. */
    private Map<String, String> made() throws IOException {
        Map<String, String> made = Trees.digests(shared);
        made.keySet().removeIf(name -> name.startsWith("cluster/"));
        return made;
    }

    private Worker worker(String scratch, Duration term) {
        return WorkerMain.worker(shared, home.resolve(scratch), 2, term, observer);
    }

    private Process start(String scratch, int jobs) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        WorkerMain.class.getName(),
                        shared.toString(),
                        home.resolve(scratch).toString(),
                        Integer.toString(jobs))
                .redirectErrorStream(true)
                .start();
    }

    /** What a process prints. */
    private static final class Output {
        final List<String> lines = new CopyOnWriteArrayList<>();
        final CountDownLatch started = new CountDownLatch(1);
        private final Thread reader;

        Output(Process process) {
            reader = Thread.ofPlatform().start(() -> {
                try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
                    output.lines().forEach(line -> {
                        lines.add(line);
                        if (line.startsWith("started")) {
                            started.countDown();
                        }
                    });
                } catch (IOException | UncheckedIOException e) {
                    // The pipe broke with the process.
                }
                started.countDown();
            });
        }

        List<String> all() throws InterruptedException {
            reader.join();
            return lines;
        }
    }

    @Test
    void twoProcessesMakeTheBytesOfOneMachine() throws Exception {
        Process one = start("a", 1);
        Process two = start("b", 1);
        Output firstOutput = new Output(one);
        Output secondOutput = new Output(two);
        List<String> first = firstOutput.all();
        List<String> second = secondOutput.all();
        assertThat(one.waitFor()).as("%s", first).isZero();
        assertThat(two.waitFor()).as("%s", second).isZero();
        assertThat(first).as("both have a share").anyMatch(line -> line.startsWith("started"));
        assertThat(second).as("both have a share").anyMatch(line -> line.startsWith("started"));
        assertThat(made()).isEqualTo(whole());
        assertThat(new SharedFolder(shared).list(Leases.FOLDER)).isEmpty();
        assertThat(Store.open(shared).timings())
                .extracting(timing -> timing.process())
                .contains(one.pid(), two.pid());
    }

    @Test
    void workersKilledAtRandomMomentsLeaveTheSameBytes() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int kills = 0;
        int resumed = 0;
        boolean done = false;
        for (int round = 0; !done && round < 60; round++) {
            List<Process> processes = List.of(start("a" + round, 1), start("b" + round, 2));
            List<Output> outputs = processes.stream().map(Output::new).toList();
            for (int each = 0; each < 2; each++) {
                outputs.get(each).started.await();
                // Longer, until some level has been continued: a busy machine is slow to its first checkpoint.
                int window = resumed > 0 ? WINDOW_MILLIS : WINDOW_MILLIS * (1 + kills);
                Process process = processes.get(each);
                if (kills < KILLS && !process.waitFor(random.nextInt(window), TimeUnit.MILLISECONDS)) {
                    process.destroyForcibly();
                    kills++;
                }
            }
            done = true;
            for (int each = 0; each < 2; each++) {
                resumed += (int) outputs.get(each).all().stream()
                        .filter(line -> line.matches("started .* at [1-9].*"))
                        .count();
                done &= processes.get(each).waitFor() == 0;
            }
            if (done && (kills < KILLS || resumed == 0)) {
                // A quick machine was done before the moments that were drawn: from the start again.
                Trees.delete(shared);
                plan();
                done = false;
            }
        }
        assertThat(done).as("seed %s", seed).isTrue();
        assertThat(kills).as("seed %s", seed).isEqualTo(KILLS);
        assertThat(resumed).as("levels continued from a published checkpoint").isPositive();
        assertThat(made()).as("seed %s", seed).isEqualTo(whole());
    }

    @Test
    void aPublishedFileThatIsCutShortIsFoundAndItsLevelTrainedAgain() throws Exception {
        worker("a", TERM).run();
        Map<String, String> expected = whole();
        assertThat(made()).isEqualTo(expected);
        List<Path> networks;
        try (Stream<Path> files = Files.walk(shared.resolve("levels"))) {
            networks = files.filter(file -> file.endsWith("trained.safetensors"))
                    .sorted()
                    .toList();
        }
        for (Path network : List.of(networks.getFirst(), networks.getLast())) {
            Files.write(network, Arrays.copyOf(Files.readAllBytes(network), 100));
        }
        Path third = networks.get(2).resolveSibling("done.json");
        Files.write(third, new byte[0]);
        var run = new RunRequest(
                Store.open(shared).experiment(), home.resolve("b"), 1, Duration.ofSeconds(30), "test", List.of());
        var work = new LevelWork(run, TinyData.data());
        WorkOutcome outcome = new Worker(
                        new WorkRequest(run, home.resolve("b"), TERM, Duration.ofMillis(20), false, true),
                        work,
                        new SharedFolder(shared),
                        observer)
                .run();
        assertThat(outcome.trained()).isEqualTo(3);
        assertThat(warnings)
                .hasSize(3)
                .allMatch(line -> line.startsWith(shared.toString()) && line.endsWith("; this level is trained again"));
        assertThat(made()).isEqualTo(expected);
    }

    @Test
    void aParentCutShortIsTrainedAgainBeforeItsChildren() throws Exception {
        worker("a", TERM).run();
        String dense = Store.open(shared).trials().getFirst().levels().getFirst();
        Path network = shared.resolve("levels").resolve(dense).resolve("trained.safetensors");
        Files.write(network, new byte[10]);
        for (String child : Store.open(shared).trials().stream()
                .filter(trial -> trial.levels().getFirst().equals(dense))
                .map(trial -> trial.levels().get(1))
                .distinct()
                .toList()) {
            Trees.delete(shared.resolve("levels").resolve(child));
        }
        assertThat(worker("b", TERM).run().left()).isZero();
        assertThat(warnings).anyMatch(line -> line.startsWith(network + " is damaged"));
        assertThat(made()).isEqualTo(whole());
    }

    @Test
    void aCheckpointCutShortCostsTimeOnly() throws Exception {
        Worker first = worker("a", TERM);
        Thread killer = Thread.ofPlatform().start(() -> {
            while (new SharedFolder(shared).list("cluster/checkpoints").isEmpty()) {
                Thread.onSpinWait();
            }
            first.stop();
        });
        WorkOutcome outcome = first.run();
        killer.join();
        assertThat(outcome.stopped()).isTrue();
        List<SharedFiles.Entry> checkpoints = new SharedFolder(shared).list("cluster/checkpoints");
        assertThat(checkpoints).isNotEmpty();
        for (SharedFiles.Entry entry : checkpoints) {
            Path file = shared.resolve("cluster/checkpoints").resolve(entry.name());
            Files.write(file, Arrays.copyOf(Files.readAllBytes(file), (int) Files.size(file) / 2));
        }
        assertThat(worker("b", TERM).run().left()).isZero();
        assertThat(warnings).anyMatch(line -> line.contains("is damaged: "));
        assertThat(made()).isEqualTo(whole());
    }

    /** Nothing keeps two workers from one level here: leases of the one are removed again and again. */
    @Test
    void twoWorkersOnTheSameLevelsWriteTheSameBytes() throws Exception {
        Worker one = worker("a", TERM);
        Worker two = worker("b", TERM);
        Thread thief = Thread.ofPlatform().daemon().start(() -> {
            SharedFolder files = new SharedFolder(shared);
            while (!Thread.currentThread().isInterrupted()) {
                files.list(Leases.FOLDER).forEach(entry -> files.delete(Leases.FOLDER + "/" + entry.name()));
            }
        });
        List<WorkOutcome> outcomes = new CopyOnWriteArrayList<>();
        List<Thread> threads = Stream.of(one, two)
                .map(worker -> Thread.ofPlatform().start(() -> outcomes.add(worker.run())))
                .toList();
        for (Thread thread : threads) {
            thread.join();
        }
        thief.interrupt();
        assertThat(outcomes).hasSize(2);
        int trained = outcomes.stream().mapToInt(WorkOutcome::trained).sum();
        assertThat(trained).as("some levels twice").isGreaterThan(18);
        assertThat(made()).isEqualTo(whole());
    }

    @Test
    void anExpiredLeaseIsTakenOverAndALivingOneIsNot() throws Exception {
        SharedFolder files = new SharedFolder(shared);
        Leases one = new Leases(files, new Lease("one", "here", 1, 60));
        Leases two = new Leases(files, new Lease("two", "there", 2, 60));
        assertThat(one.claim("k")).isTrue();
        assertThat(two.claim("k")).isFalse();
        assertThat(two.all()).containsEntry("k", true);
        two.release("k"); // not its own
        assertThat(one.renew("k")).isTrue();
        Path file = shared.resolve(Leases.FOLDER).resolve("k.json");
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(61)));
        assertThat(two.all()).containsEntry("k", false);
        assertThat(two.claim("k")).isTrue();
        assertThat(one.renew("k")).isFalse();
        one.release("k");
        assertThat(two.renew("k")).isTrue();
        two.release("k");
        assertThat(one.claim("k")).isTrue();
    }

    @Test
    void runsAndWorkersKeepEachOtherOut() throws Exception {
        try (StoreLock lock = StoreLock.share(shared).orElseThrow();
                StoreLock other = StoreLock.share(shared).orElseThrow()) {
            assertThatThrownBy(() -> runner(ITERATIONS, shared).run(TinyData.data()))
                    .isInstanceOf(UserException.class)
                    .hasMessage(shared + " is in use by workers of \"espalier work\"; wait for them or stop them");
        }
        try (StoreLock lock = StoreLock.acquire(shared)) {
            assertThatThrownBy(() -> StoreLock.share(shared))
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining("is in use by another run (process "
                            + ProcessHandle.current().pid());
        }
    }

    @Test
    void otherDataAreRefused() {
        Store store = Store.open(shared);
        var run = new RunRequest(
                TinyData.experiment(ITERATIONS + 1), home.resolve("a"), 1, Duration.ofSeconds(30), "test", List.of());
        assertThatThrownBy(() -> new LevelWork(run, TinyData.data()).check(store))
                .isInstanceOf(UserException.class)
                .hasMessage(
                        shared + " was planned elsewhere with other levels: training.iterations is 600 there and 601"
                                + " here; expected the same data and the same version of Espalier on all machines");
    }

    @Test
    void aRewindThatIsAddedLaterIsMade() throws Exception {
        worker("a", TERM).run();
        String[] more = {"strategies=[original, random, continued, rewind-200, rewind-100, rewind-40]"};
        runner(ITERATIONS, shared, more).prepare(TinyData.data());
        assertThat(worker("b", TERM).run().left()).isZero();
        runner(ITERATIONS, home.resolve("more"), more).run(TinyData.data());
        assertThat(made()).isEqualTo(Trees.digests(home.resolve("more")));
    }

    @Test
    void divergedTrialsEndAndOthersGoOn() throws Exception {
        String[] diverging = {"training.optimizer={kind: sgd, rate: 1e30}"};
        runner(ITERATIONS, home.resolve("d"), diverging).prepare(TinyData.data());
        shared = home.resolve("d");
        WorkOutcome outcome = worker("x", TERM).run();
        assertThat(outcome.failed()).isEqualTo(2);
        assertThat(outcome.left()).isZero();
        runner(ITERATIONS, home.resolve("e"), diverging).run(TinyData.data());
        assertThat(made()).isEqualTo(Trees.digests(home.resolve("e")));
    }

    /** The same bytes, by two workers of one job each, of a search with overrides. */
    private void isMadeAlike(String name, int iterations, String... overrides) throws Exception {
        shared = home.resolve(name);
        runner(iterations, shared, overrides).prepare(TinyData.data());
        Worker first = worker(name + "-a", TERM);
        // Levels in work at the stop are continued by the second worker from their checkpoints.
        Thread stopper = Thread.ofPlatform().daemon().start(() -> {
            SharedFolder files = new SharedFolder(shared);
            while (files.names("cluster/checkpoints").isEmpty()) {
                Thread.onSpinWait();
            }
            first.stop();
        });
        first.run();
        stopper.interrupt();
        assertThat(worker(name + "-b", TERM).run().left()).isZero();
        runner(iterations, home.resolve(name + "-whole"), overrides).run(TinyData.data());
        assertThat(made()).isEqualTo(Trees.digests(home.resolve(name + "-whole")));
        assertThat(warnings).isEmpty();
    }

    @Test
    void batchNormalisationGoesOnFromItsCheckpoint() throws Exception {
        isMadeAlike("convolutions", 40, TinyData.CONVOLUTIONS, "trials=1", "strategies=[original]", "pruning.levels=1");
    }

    @Test
    void aMaskThatChangesInTrainingGoesOnFromItsCheckpoint() throws Exception {
        isMadeAlike(
                "masked",
                600,
                "training.mask={kind: flying-bird, density: 0.3, every: 40, every-later: 30}",
                "training.optimizer={kind: sgd, rate: 0.1}",
                "strategies=[none]");
        for (var trial : Store.open(shared).trials()) {
            var level = Store.open(shared).level(trial.levels().getFirst());
            assertThat(level.counts().orElseThrow().density()).isLessThan(0.5);
        }
    }

    @Test
    void keptWeightsGoOnFromTheirCheckpoint() throws Exception {
        isMadeAlike("kept", 300, "training.keep-weights=best-attacked");
    }

    @Test
    void aSearchFromATicketGoesOnFromItsCheckpoint() throws Exception {
        runner(40, home.resolve("first"), "trials=1", "strategies=[original]", "pruning.levels=1")
                .run(TinyData.data());
        String last =
                Store.open(home.resolve("first")).trials().getFirst().levels().getLast();
        Path ticket = home.resolve("first").resolve("levels").resolve(last).resolve("trained.safetensors");
        isMadeAlike("from", 300, "network.from=" + Json.write(ticket.toString()));
    }

    @Test
    void aStoreThatRenamesNothingAndHasItsOwnClockHoldsTheSameBytes() throws Exception {
        ObjectStore store = new ObjectStore();
        store.offset = Duration.ofDays(-400);
        store.load(shared);
        Worker one = WorkerMain.worker(shared, store, home.resolve("a"), 1, TERM, observer);
        Worker two = WorkerMain.worker(shared, store, home.resolve("b"), 1, TERM, observer);
        List<WorkOutcome> outcomes = new CopyOnWriteArrayList<>();
        List<Thread> threads = Stream.of(one, two)
                .map(worker -> Thread.ofPlatform().start(() -> outcomes.add(worker.run())))
                .toList();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(outcomes).hasSize(2).allMatch(outcome -> outcome.left() == 0);
        assertThat(outcomes.stream().mapToInt(WorkOutcome::trained).sum()).isEqualTo(levels());
        Path dump = home.resolve("dump");
        store.dump(dump);
        assertThat(store.all()).noneMatch(name -> name.startsWith("cluster/"));
        Map<String, String> made = Trees.digests(dump);
        made.keySet().removeIf(name -> name.startsWith("timings"));
        Map<String, String> whole = whole();
        whole.keySet().removeIf(name -> name.startsWith("timings"));
        assertThat(made).isEqualTo(whole);
    }

    private int levels() {
        return (int) Store.open(shared).trials().stream()
                .flatMap(trial -> trial.levels().stream())
                .distinct()
                .count();
    }

    /** The simulator reckons with this number. */
    @Test
    void aLevelTakesFewOperationsOfTheStore() throws Exception {
        ObjectStore store = new ObjectStore();
        store.load(shared);
        store.operations.set(0);
        Store opened = Store.open(shared);
        var run = new RunRequest(opened.experiment(), home.resolve("a"), 1, Duration.ofHours(1), "test", List.of());
        new Worker(
                        new WorkRequest(run, home.resolve("a"), Duration.ofHours(1), TERM, false, false),
                        new LevelWork(run, TinyData.data()),
                        store,
                        observer)
                .run();
        assertThat(store.operations.get() / levels()).isBetween(20L, (long) Simulator.OPERATIONS_OF_LEVEL);
    }

    @Test
    void aLeaseIsJudgedByTheStoresClockAlone() {
        ObjectStore store = new ObjectStore();
        store.offset = Duration.ofDays(1);
        Leases one = new Leases(store, new Lease("one", "here", 1, 60));
        Leases two = new Leases(store, new Lease("two", "there", 2, 60));
        assertThat(one.claim("k")).isTrue();
        assertThat(two.claim("k")).isFalse();
        // The store's clock is set forward; whoever lives sees it at the next beat.
        store.offset = Duration.ofDays(2);
        assertThat(one.renew("k")).isTrue();
        two.beat();
        assertThat(two.claim("k")).isFalse();
        store.offset = Duration.ofDays(2).plusSeconds(61);
        two.beat();
        assertThat(two.claim("k")).isTrue();
        assertThat(one.renew("k")).isFalse();
    }

    /** The maker of a rewind was killed after its weights and before the file that lists them. */
    @Test
    void aRewindThatIsNotListedIsListedLater() throws Exception {
        worker("a", TERM).run();
        String[] more = {"strategies=[original, random, continued, rewind-200, rewind-40]"};
        runner(ITERATIONS, home.resolve("more"), more).run(TinyData.data());
        runner(ITERATIONS, shared, more).prepare(TinyData.data());
        for (var trial : Store.open(shared).trials()) {
            Path rewind = Path.of("levels", trial.levels().getFirst(), "rewind-40.safetensors");
            Files.copy(
                    home.resolve("more").resolve(rewind), shared.resolve(rewind), StandardCopyOption.REPLACE_EXISTING);
        }
        assertThat(worker("b", TERM).run().left()).isZero();
        assertThat(made()).isEqualTo(Trees.digests(home.resolve("more")));
    }

    /** A worker that was taken over wrote the counts of the start, and a checkpoint, behind the one that finished the level. */
    @Test
    void whatALateWorkerLeavesIsMended() throws Exception {
        worker("a", TERM).run();
        Map<String, String> expected = whole();
        List<String> trial = Store.open(shared).trials().getFirst().levels();
        Path last = shared.resolve("levels").resolve(trial.getLast()).resolve("level.json");
        String text = Files.readString(last);
        Files.writeString(last, text.replaceFirst("\"surviving\":\\[[0-9]+", "\"surviving\":[128"));
        Files.createDirectories(shared.resolve("cluster/checkpoints"));
        Path checkpoint =
                Files.writeString(shared.resolve("cluster/checkpoints").resolve(trial.getFirst() + ".zip"), "late");
        var run = new RunRequest(
                Store.open(shared).experiment(), home.resolve("b"), 1, Duration.ofSeconds(30), "test", List.of());
        WorkOutcome outcome = new Worker(
                        new WorkRequest(run, home.resolve("b"), TERM, Duration.ofMillis(20), false, true),
                        new LevelWork(run, TinyData.data()),
                        new SharedFolder(shared),
                        observer)
                .run();
        assertThat(outcome.trained()).isEqualTo(1);
        assertThat(warnings)
                .containsExactly(
                        last + " is damaged: its counts are not those of the network; this level is trained again");
        assertThat(checkpoint).doesNotExist();
        assertThat(made()).isEqualTo(expected);
    }

    @Test
    void otherNumericsAreRefused() throws Exception {
        Path index = shared.resolve("index.json");
        String key = Store.open(shared).trials().getFirst().levels().getFirst();
        Files.writeString(index, Files.readString(index).replace(key, "0".repeat(key.length())));
        Path provenance = shared.resolve("provenance.json");
        Files.writeString(
                provenance, Files.readString(provenance).replaceFirst("\"numerics\": *[0-9]+", "\"numerics\":999"));
        assertThatThrownBy(() -> worker("a", TERM))
                .isInstanceOf(UserException.class)
                .hasMessageMatching(
                        "\\S+ was planned elsewhere with other levels: its results come from numerics version 999,"
                                + " this program's are version [0-9]+; expected the same data and the same version of"
                                + " Espalier on all machines");
        assertThat(shared.resolve("cluster")).doesNotExist();
    }
}
