package org.espalier.campaigns.crash;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.espalier.campaigns.TinyImages;
import org.espalier.fixtures.Trees;

/**
 * Kills processes at random moments of one phase, as SIGKILL does, and runs the same command again until it is done. The
 * folder must then equal that of a run without kills, byte for byte, but for times and provenance.
 */
final class KillCampaign {
    /** Exit code of an evaluation whose figure the rules refuse. */
    private static final int REFUSED = 5;

    /** Kills of one search, after which it is run to its end and compared. */
    private static final int KILLS_OF_ROUND = 10;

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(600);
    private static final int POLL_MILLIS = 5;
    private static final int MOST_DELAY_MICROS = 20_000;

    private final PrintStream out;
    private final Path home;
    private final KillPhase phase;
    private final Random random;
    private final Workers workers;
    private Map<String, String> expected = Map.of();
    private int expectedCode;
    private long workNanos;
    private int starts;

    private final Tally tally = new Tally();

    /** Counts of a phase. */
    static final class Tally {
        int kills;
        /** Kills after which a file was there under its temporary name. */
        int temporaries;
        /** Kills after which files differed from those before the process. */
        int midway;
        /** Rounds at the end of which a file was there under its temporary name. */
        int leftOver;

        int rounds;
        final List<String> findings = new ArrayList<>();
    }

    /**
     * A campaign of one phase.
     *
     * @param home an empty folder
     */
    KillCampaign(PrintStream out, Path home, KillPhase phase, Workers workers, long seed) {
        this.out = out;
        this.home = home;
        this.phase = phase;
        this.workers = workers;
        this.random = new Random(seed * 31 + phase.ordinal());
    }

    Tally tally() {
        return tally;
    }

    /** Prints the counts. */
    void print() {
        out.printf(
                "%s: %d kills in %d rounds, %d with files changed, %d with a temporary file left, %d rounds with one at"
                        + " the end, %d findings%n",
                phase.lowerCase(),
                tally.kills,
                tally.rounds,
                tally.midway,
                tally.temporaries,
                tally.leftOver,
                tally.findings.size());
    }

    /** Runs the command without kills, for what is to come out of it and how long it takes. */
    private void prepare() throws IOException, InterruptedException {
        TinyImages.write(home.resolve("images"), 6, 120, 100);
        Files.writeString(home.resolve("search.yaml"), phase.experiment(home.resolve("images")));
        Files.writeString(home.resolve("suite.yaml"), """
                name: small
                attacks: [{kind: fgsm}, {kind: pgd, iterations: 3}]
                """);
        if (!phase.fromNothing) {
            finish(List.of("run", "search.yaml", "--out", "base", "--jobs", "2"));
        }
        begin();
        start(phase.command, Long.MAX_VALUE); // warms the file cache
        begin();
        Ended undisturbed = start(phase.command, Long.MAX_VALUE);
        // A small suite's figure may be refused; anything else ends well.
        if (undisturbed.code() != 0 && undisturbed.code() != REFUSED) {
            throw new IllegalStateException(
                    phase.command + " ended with " + undisturbed.code() + ": " + undisturbed.errors());
        }
        workNanos = undisturbed.nanos();
        expectedCode = undisturbed.code();
        expected = Trees.visible(home.resolve("work"));
        if (expected.isEmpty()) {
            throw new IllegalStateException(phase + " wrote no file");
        }
    }

    /** Makes the folder as it is before the command. */
    private void begin() throws IOException {
        Trees.delete(home.resolve("work"));
        if (!phase.fromNothing) {
            Trees.copy(home.resolve("base"), home.resolve("work"));
        }
    }

    private void finish(List<String> command) throws IOException, InterruptedException {
        Ended ended = start(command, Long.MAX_VALUE);
        if (ended.code() != 0) {
            throw new IllegalStateException(command + " ended with " + ended.code() + ": " + ended.errors());
        }
    }

    /** One search from its beginning to its end, killed now and then, so that there are so many kills at most. */
    void round(int kills) throws IOException, InterruptedException {
        if (expected.isEmpty()) {
            prepare();
        }
        begin();
        tally.rounds++;
        Map<String, String> before = Trees.visible(home.resolve("work"));
        List<String> moments = new ArrayList<>();
        boolean done = false;
        // Later processes of a round have less left to do: without this most would be done before their moment.
        long left = workNanos;
        for (int killed = 0; !done; ) {
            boolean kill = killed < KILLS_OF_ROUND && tally.kills < kills;
            long moment = kill ? (long) (random.nextDouble() * left) : Long.MAX_VALUE;
            Ended ended = start(phase.command, moment);
            if (ended.killed()) {
                killed++;
                tally.kills++;
                left = Math.max(left - moment, workNanos / 2);
                moments.add(moment / 1_000 + " us");
                Map<String, String> now = Trees.visible(home.resolve("work"));
                tally.midway += now.equals(before) ? 0 : 1;
                tally.temporaries += temporaries() ? 1 : 0;
                before = now;
                continue;
            }
            done = true;
            if (ended.code() != expectedCode) {
                finding("ended with " + ended.code() + ": " + ended.errors(), moments);
                return;
            }
        }
        tally.leftOver += temporaries() ? 1 : 0;
        List<String> differences = Trees.differences(expected, Trees.visible(home.resolve("work")));
        if (!differences.isEmpty()) {
            finding(String.join(", ", differences), moments);
        }
    }

    private boolean temporaries() throws IOException {
        if (!Files.exists(home.resolve("work"))) {
            return false;
        }
        try (Stream<Path> files = Files.walk(home.resolve("work"))) {
            return files.anyMatch(file -> file.toString().endsWith(".tmp")
                    || String.valueOf(file.getFileName()).startsWith("."));
        }
    }

    private void finding(String what, List<String> moments) throws IOException {
        Path kept = home.resolve("finding-" + tally.findings.size());
        Trees.copy(home.resolve("work"), kept);
        tally.findings.add(what);
        out.println("FINDING " + phase.lowerCase() + " round " + tally.rounds + ", killed after " + moments + ": "
                + what + "; kept in " + kept);
    }

    private record Ended(boolean killed, int code, long nanos, String errors) {}

    private static Duration processorTime(Process process) {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /**
     * Starts a process and kills it when it has used so many nanoseconds of processor time after it says that it is there.
     * Processor time, not time: on a busy machine a process is late, and all kills would come before it has written anything.
     */
    private Ended start(List<String> command, long killAfter) throws IOException, InterruptedException {
        Path errors = home.resolve("errors");
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // Every eighth with vector code, as the command ships; the others start quickly. The bits have to be the same.
        line.addAll(workers.options(starts++ % 8 == 7));
        // The bundled data set, which one phase fetches, takes more than 160 MiB while it is read.
        line.addAll(List.of("-Xmx320m", "-XX:+UseSerialGC"));
        line.addAll(List.of("-cp", workers.classPath(), KillWorker.class.getName()));
        line.addAll(command);
        Process process = new ProcessBuilder(line)
                .directory(home.toFile())
                .redirectError(errors.toFile())
                .start();
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            String first = output.readLine();
            long ready = System.nanoTime();
            if (!KillWorker.READY.equals(first)) {
                throw new IllegalStateException("no process: " + first + Files.readString(errors));
            }
            Thread.startVirtualThread(() -> {
                try {
                    output.lines().forEach(_ -> {});
                } catch (UncheckedIOException e) {
                    // The pipe broke with the process.
                }
            });
            Duration begun = processorTime(process);
            long spent = 0;
            boolean ended = false;
            while (!ended && spent < killAfter && System.nanoTime() - ready < PATIENCE_NANOS) {
                ended = process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS);
                spent = Math.max(spent, processorTime(process).minus(begun).toNanos());
            }
            if (!ended && killAfter == Long.MAX_VALUE) {
                process.destroyForcibly();
                throw new IllegalStateException(
                        command + " hangs: no end within " + PATIENCE_NANOS / 1_000_000_000 + " s");
            }
            // Some more time, so that kills also come while the process waits for the disk.
            if (!ended && !process.waitFor(random.nextInt(MOST_DELAY_MICROS), TimeUnit.MICROSECONDS)) {
                process.destroyForcibly();
            }
            int code = process.waitFor();
            // 137 is 128 + SIGKILL; a process may have ended between the wait and the signal.
            return new Ended(code == 137, code, spent, Files.readString(errors).strip());
        }
    }
}
