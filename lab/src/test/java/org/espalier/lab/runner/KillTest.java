package org.espalier.lab.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.espalier.UserException;
import org.espalier.fixtures.Trees;
import org.espalier.lab.store.Store;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills real processes, as SIGKILL does, wherever they happen to be. */
class KillTest {
    private static final int ITERATIONS = 400;
    private static final int KILLS = 12;
    /** Microseconds to a kill, at most. */
    private static final int WINDOW = 150_000;

    @TempDir
    private Path directory;

    @Test
    void aSearchKilledAtRandomMomentsEndsWithTheSameBytes() throws Exception {
        killed(18, ITERATIONS, KILLS);
    }

    /** Fewer updates and kills: updates of these networks take longer. */
    @Test
    void aConvolutionalSearchKilledAtRandomMomentsEndsWithTheSameBytes() throws Exception {
        killed(5, 60, KILLS / 3, TinyData.CONVOLUTIONS, "trials=1", "strategies=[original, rewind-20]");
    }

    private void killed(int levels, int iterations, int most, String... overrides) throws Exception {
        new Runner(
                        new RunRequest(
                                TinyData.experiment(iterations, overrides),
                                directory.resolve("whole"),
                                2,
                                Duration.ofSeconds(30),
                                "test",
                                List.of()),
                        RunObserver.NONE)
                .run(TinyData.data());

        long seed = System.nanoTime();
        Random random = new Random(seed);
        Path killed = directory.resolve("killed");
        int kills = 0;
        int resumed = 0;
        boolean done = false;
        for (int runs = 0; !done && runs < 100; runs++) {
            boolean checkpoint = hasCheckpoint(killed); // of a level that this run continues
            Process process = start(killed, 1 + runs % 2, iterations, runs / 2 % 2 == 0, overrides);
            List<String> lines = new ArrayList<>();
            try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
                lines.add(String.valueOf(output.readLine())); // after which it works
                // Random moments may all fall before the first checkpoint: then one more kill, once there is one.
                boolean kill = kills < most
                        ? !process.waitFor(random.nextInt(WINDOW), TimeUnit.MICROSECONDS)
                        : resumed == 0 && !checkpoint && reachesACheckpoint(process, killed);
                if (kill) {
                    process.destroyForcibly();
                    kills++;
                }
                try {
                    output.lines().forEach(lines::add);
                } catch (UncheckedIOException e) {
                    // The pipe broke with the process.
                }
            }
            done = process.waitFor() == 0;
            assertThat(lines.getFirst()).as("seed %s", seed).startsWith("planned " + levels);
            resumed += (int) lines.stream()
                    .filter(line -> line.matches("started .* at [1-9].*"))
                    .count();
            if (done && (kills < most || resumed == 0)) {
                // A quick machine was done before the moments that were drawn: from the start again.
                Trees.delete(killed);
                done = false;
            }
        }
        assertThat(done).as("seed %s", seed).isTrue();
        assertThat(kills).isGreaterThanOrEqualTo(most);
        assertThat(resumed).as("levels continued in their midst").isPositive();
        assertThat(Trees.digests(killed)).as("seed %s", seed).isEqualTo(Trees.digests(directory.resolve("whole")));
    }

    /** Waits until a level in work has a checkpoint; false if the process ended before. */
    private static boolean reachesACheckpoint(Process process, Path search) throws Exception {
        while (process.isAlive()) {
            if (hasCheckpoint(search)) {
                return true;
            }
            Thread.sleep(1);
        }
        return false;
    }

    private static boolean hasCheckpoint(Path search) throws IOException {
        try (Stream<Path> files =
                Files.find(search.resolve(Store.LEVELS), 2, (file, _) -> file.endsWith("checkpoint.safetensors"))) {
            return files.findAny().isPresent();
        } catch (NoSuchFileException | UncheckedIOException e) {
            // Files come and go while a process works.
            return false;
        }
    }

    @Test
    void aDirectoryInUseIsRefusedAndACrashLeavesNoLock() throws Exception {
        Process process = start(directory, 1, 1_000_000, true);
        try {
            process.inputReader(StandardCharsets.UTF_8).readLine();
            assertThat(Store.open(directory).running()).contains(process.pid());
            assertThatThrownBy(() -> run(ITERATIONS))
                    .isInstanceOf(UserException.class)
                    .hasMessage(directory + " is in use by another run (process " + process.pid()
                            + "); wait for it, stop it, or choose another directory with --out");
        } finally {
            process.destroyForcibly().waitFor();
        }
        assertThat(Store.open(directory).running()).isEmpty();
        assertThatThrownBy(() -> run(ITERATIONS))
                .hasMessageContaining("training.iterations is 1000000 there and " + ITERATIONS + " here");
    }

    private void run(int iterations) {
        new Runner(
                        new RunRequest(
                                TinyData.experiment(iterations),
                                directory,
                                1,
                                Duration.ofSeconds(30),
                                "test",
                                List.of()),
                        RunObserver.NONE)
                .run(TinyData.data());
    }

    /**
     * Starts a process, with the command's own options if {@code shipped}, and otherwise without the vector module, on
     * scalar code: the bits have to be the same.
     */
    private static Process start(Path directory, int jobs, int iterations, boolean shipped, String... overrides)
            throws IOException {
        Path options = Path.of("..", "bin", "java-options");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        if (shipped && Files.exists(options)) {
            command.add("@" + options);
        }
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                RunnerMain.class.getName(),
                directory.toString(),
                Integer.toString(jobs),
                Integer.toString(iterations)));
        command.addAll(List.of(overrides));
        return new ProcessBuilder(command).redirectError(Redirect.DISCARD).start();
    }
}
