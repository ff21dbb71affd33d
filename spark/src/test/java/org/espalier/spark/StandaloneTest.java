package org.espalier.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.espalier.fixtures.Trees;
import org.espalier.lab.store.Store;
import org.espalier.lab.store.Timing;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Searches on a standalone cluster of this machine: a master, two workers, and an executor of one core on each. */
@Tag("cluster")
class StandaloneTest {
    private static final int MINUTES = 5;
    private static final int KILLS = 4;

    @TempDir
    private static Path home;

    private static SparkProcesses cluster;
    private static TinySearch search;

    @BeforeAll
    static void start() throws Exception {
        cluster = new SparkProcesses(home.resolve("cluster"));
        search = new TinySearch(home, 6000);
        cluster.cluster(2);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private static void assertSame(TinySearch search, Path directory) throws Exception {
        assertThat(Trees.differences(search.onOneMachine(), TinySearch.made(directory)))
                .isEmpty();
    }

    private static void ends(Process driver, String log) throws Exception {
        assertThat(driver.waitFor(MINUTES, TimeUnit.MINUTES))
                .as(cluster.log(log))
                .isTrue();
        assertThat(driver.exitValue()).as(cluster.log(log)).isZero();
    }

    @Test
    void twoExecutorsMakeTheBytesOfOneMachine() throws Exception {
        Path directory = home.resolve("two");
        ends(
                cluster.driver("two", cluster.master(), search.file().toString(), "--out", directory.toString()),
                "two.log");
        assertSame(search, directory);
        assertThat(Store.open(directory).timings().stream().map(Timing::process).distinct())
                .as("both executors trained")
                .hasSize(2);
        assertThat(cluster.log("two.log")).contains("14 levels trained in", "level 2 of 2");
    }

    /** The store is apart from the search's directory here. */
    @Test
    void killsOfExecutorsAndOfTheDriverLeaveTheSameBytes() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Path directory = home.resolve("killed");
        TinySearch longer = new TinySearch(home.resolve("longer"), 15_000);
        String[] arguments = {
            longer.file().toString(),
            "--out",
            directory.toString(),
            "--store",
            home.resolve("shared").toString()
        };
        Process driver = cluster.driver("killed-0", cluster.master(), arguments);
        int kills = 0;
        int drivers = 1;
        while (kills < KILLS && driver.isAlive()) {
            boolean killed;
            do {
                // Executors take seconds to start: only one that has begun a level is worth a kill.
                Thread.sleep(random.nextInt(1, 400));
                killed = started(home.resolve("shared")) && cluster.killOne(random);
            } while (!killed && driver.isAlive());
            kills += killed ? 1 : 0;
            if (kills == KILLS / 2 && drivers == 1) {
                driver.destroyForcibly().waitFor();
                driver = cluster.driver("killed-" + drivers++, cluster.master(), arguments);
            }
        }
        ends(driver, "killed-1.log");
        assertThat(kills).as("seed %s", seed).isEqualTo(KILLS);
        assertSame(longer, directory);
        assertSame(longer, home.resolve("shared"));

        String level = Store.open(directory).trials().getFirst().levels().getLast();
        Path network = home.resolve("shared").resolve("levels").resolve(level).resolve("trained.safetensors");
        Files.write(network, Arrays.copyOf(Files.readAllBytes(network), 100));
        Trees.delete(directory.resolve("levels").resolve(level));
        ends(cluster.driver("cut", cluster.master(), arguments), "cut.log");
        assertThat(cluster.log("cut.log")).contains(network + " is damaged", "; this level is trained again");
        assertSame(longer, directory);
        assertSame(longer, home.resolve("shared"));
    }

    private static boolean started(Path store) {
        return Files.exists(store.resolve(Store.TIMINGS));
    }

    /** The store is apart; then it is the search's directory, and executors and once the driver are killed between parts. */
    @Test
    void evaluationsAndCertificatesAreThoseOfOneMachine() throws Exception {
        TinySearch evaluated = new TinySearch(home.resolve("evaluated"), 400, true);
        Path shared = home.resolve("evaluated-shared");
        Path directory = home.resolve("evaluated-run");
        ends(
                cluster.driver(
                        "evaluated",
                        cluster.master(),
                        evaluated.file().toString(),
                        "--out",
                        directory.toString(),
                        "--store",
                        shared.toString()),
                "evaluated.log");
        assertThat(cluster.log("evaluated.log")).contains("14 evaluations to make on the cluster", "14 of 14 in");
        assertSame(evaluated, directory);
        assertSame(evaluated, shared);

        String[] arguments = {directory.toString(), "--all-levels", "--method", "exact", "--images", "20"};
        ends(
                cluster.alone(
                        "here",
                        with(arguments, "certify", "--out", home.resolve("here").toString())),
                "here.log");
        Map<String, String> expected = Trees.digests(home.resolve("here"));
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Process driver = cluster.command("there-0", "certify", cluster.master(), arguments);
        Path results = directory.resolve("certification");
        int kills = 0;
        int drivers = 1;
        int before = 0;
        while (driver.isAlive()) {
            int made = Trees.count(results);
            if (made > before && kills < 2 && cluster.killOne(random)) {
                before = made;
                if (++kills == 1) {
                    driver.destroyForcibly().waitFor();
                    driver = cluster.command("there-" + drivers++, "certify", cluster.master(), arguments);
                }
            }
            Thread.sleep(random.nextInt(1, 100));
        }
        ends(driver, "there-" + (drivers - 1) + ".log");
        assertThat(kills).as("seed %s", seed).isPositive();
        assertThat(Trees.differences(expected, Trees.digests(results))).isEmpty();
    }

    private static String[] with(String[] arguments, String command, String... more) {
        return Stream.of(Stream.of(command), Stream.of(arguments), Stream.of(more))
                .flatMap(each -> each)
                .toArray(String[]::new);
    }

    @Test
    void aSignalStopsTheSearchWithCheckpointsAndTheSameCommandContinues() throws Exception {
        Path directory = home.resolve("stopped");
        String[] arguments = {search.file().toString(), "--out", directory.toString()};
        Process driver = cluster.driver("stopped", cluster.master(), arguments);
        while (!started(directory) && driver.isAlive()) {
            Thread.sleep(20);
        }
        driver.destroy(); // SIGTERM
        assertThat(driver.waitFor(MINUTES, TimeUnit.MINUTES)).isTrue();
        String said = cluster.log("stopped.log");
        assertThat(driver.exitValue()).as(said).isEqualTo(143);
        assertThat(said).contains("stopping; checkpoints", "nothing is lost: run the same command again");
        Map<String, String> made = Trees.digests(directory);
        assertThat(made.keySet()).as(said).anyMatch(name -> name.startsWith("cluster/checkpoints/"));
        assertThat(made.keySet()).as("leases are given back").noneMatch(name -> name.startsWith("cluster/leases/"));

        ends(cluster.driver("continued", cluster.master(), arguments), "continued.log");
        assertThat(cluster.log("continued.log")).contains(" continues at iteration ");
        assertSame(search, directory);
    }

    @Test
    void dataThatExecutorsDoNotSeeEndInOneLine() throws Exception {
        Path directory = home.resolve("missing");
        TinySearch other = new TinySearch(home.resolve("other"), 20);
        Path file = other.file();
        Process driver = cluster.driver(
                "missing",
                cluster.master(),
                file.toString(),
                "--out",
                directory.toString(),
                "--conf",
                "spark.task.maxFailures=2");
        // The driver has read the data when it has planned; executors come later.
        while (!cluster.log("missing.log").contains("to train") && driver.isAlive()) {
            Thread.sleep(5);
        }
        Trees.delete(other.data());
        assertThat(driver.waitFor(MINUTES, TimeUnit.MINUTES)).isTrue();
        String said = cluster.log("missing.log");
        assertThat(driver.exitValue()).as(said).isEqualTo(1);
        assertThat(said.lines().filter(line -> line.startsWith("espalier: ")).toList())
                .as(said)
                .isNotEmpty()
                .allMatch(line -> line.contains(other.data() + " does not exist (on executor host 127.0.0.1)"));
        assertThat(said).doesNotContain("\tat ");
    }
}
