package org.espalier.spark;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hdfs.HdfsConfiguration;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.espalier.cli.console.Version;
import org.espalier.data.DataProgress;
import org.espalier.fixtures.Trees;
import org.espalier.lab.cluster.SharedFiles;
import org.espalier.lab.cluster.WorkRequest;
import org.espalier.lab.cluster.Worker;
import org.espalier.lab.runner.LevelWork;
import org.espalier.lab.runner.RunObserver;
import org.espalier.lab.runner.RunRequest;
import org.espalier.lab.runner.Runner;
import org.espalier.lab.store.Store;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Shared stores on a real HDFS of this process, and on a store of objects that cannot rename. */
@Tag("cluster")
class HadoopFilesTest {
    @TempDir
    private static Path home;

    private static MiniDFSCluster hdfs;

    @BeforeAll
    static void start() throws IOException {
        Configuration conf = new HdfsConfiguration();
        conf.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, home.resolve("hdfs").toString());
        hdfs = new MiniDFSCluster.Builder(conf).numDataNodes(1).build();
        hdfs.waitActive();
    }

    @AfterAll
    static void stop() {
        hdfs.shutdown();
    }

    /**
     * A file system.
     *
     * @param renames whether it has {@code rename}
     */
    private record Place(URI root, Configuration hadoop, boolean renames) {
        HadoopFiles open(String name) {
            return HadoopFiles.open(URI.create(root + "/" + name), hadoop);
        }

        @Override
        public String toString() {
            return String.valueOf(root.getScheme());
        }
    }

    static Stream<Place> places() throws IOException {
        return Stream.of(
                new Place(hdfs.getFileSystem().getUri(), hdfs.getConfiguration(0), true),
                new Place(URI.create("putonly://test"), PutOnlyFileSystem.configuration(), false));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    @ParameterizedTest
    @MethodSource("places")
    void keepsWholeFiles(Place place) throws IOException {
        try (HadoopFiles files = place.open("whole")) {
            assertThat(files.exists("a/b")).isFalse();
            assertThat(files.read("a/b")).isEmpty();
            assertThat(files.modified("a/b")).isEmpty();
            assertThat(files.list("a")).isEmpty();
            assertThat(files.fetch("a/b", home.resolve("none"))).isFalse();
            files.delete("a/b");

            files.put("a/b", bytes("one"));
            files.put("a/b", bytes("two"));
            Path here = home.resolve("here");
            Files.writeString(here, "three");
            files.put("levels/k/c", here);

            assertThat(files.exists("a/b")).isTrue();
            assertThat(files.read("a/b")).hasValue(bytes("two"));
            assertThat(files.fetch("levels/k/c", home.resolve("fetched"))).isTrue();
            assertThat(home.resolve("fetched")).hasContent("three");
            assertThat(files.list("a")).extracting(SharedFiles.Entry::name).containsExactly("b");
            assertThat(files.list("levels")).extracting(SharedFiles.Entry::name).containsExactly("k");
            assertThat(files.modified("a/b").orElseThrow())
                    .isBetween(
                            Instant.now().minus(Duration.ofMinutes(1)),
                            Instant.now().plus(Duration.ofMinutes(1)));
            assertThat(files.list("cluster/tmp")).as("nothing is left over").isEmpty();
            files.delete("a/b");
            assertThat(files.exists("a/b")).isFalse();
        }
    }

    @ParameterizedTest
    @MethodSource("places")
    void ofSeveralCreatorsOneSucceeds(Place place) throws Exception {
        try (HadoopFiles one = place.open("create");
                HadoopFiles two = place.open("create")) {
            for (int round = 0; round < 5; round++) {
                String name = "cluster/leases/" + round + ".json";
                AtomicInteger winners = new AtomicInteger();
                List<Thread> threads = IntStream.range(0, 4)
                        .mapToObj(each -> Thread.ofPlatform().start(() -> {
                            if ((each % 2 == 0 ? one : two).create(name, bytes("worker " + each))) {
                                winners.incrementAndGet();
                            }
                        }))
                        .toList();
                for (Thread thread : threads) {
                    thread.join();
                }
                assertThat(winners).hasValue(1);
                assertThat(new String(one.read(name).orElseThrow(), UTF_8)).startsWith("worker ");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("places")
    void linesThatGrowAreFollowed(Place place) throws IOException {
        try (HadoopFiles files = place.open("lines")) {
            String line =
                    "{\"time\":\"t\",\"pid\":1,\"level\":\"k\",\"event\":\"progress\",\"iteration\":%d,\"of\":9000,"
                            + "\"training-seconds\":1.0,\"evaluation-seconds\":0.0}\n";
            files.append(Store.TIMINGS, "old", bytes(line.formatted(0)));
            Path copy = home.resolve(place + "-timings.jsonl");
            TimingFeed feed = new TimingFeed(files, java.util.Optional.empty(), java.util.Optional.of(copy));
            assertThat(feed.poll()).isEmpty();
            int lines = 0;
            for (int block = 1; block <= 3; block++) { // more than one part of 64 KiB
                StringBuilder more = new StringBuilder();
                for (int each = 0; each < 200; each++) {
                    more.append(line.formatted(++lines));
                }
                files.append(Store.TIMINGS, "new", bytes(more.toString()));
                assertThat(feed.poll())
                        .hasSize(200)
                        .last()
                        .extracting(t -> t.iteration())
                        .isEqualTo(lines);
            }
            assertThat(Files.readAllLines(copy)).hasSize(600);
            assertThat(files.list(HadoopFiles.PARTS + "/" + Store.TIMINGS)).hasSizeGreaterThan(2);
        }
    }

    /** Two workers, and the levels brought to a directory as the driver does it. */
    @ParameterizedTest
    @MethodSource("places")
    void workersMakeTheBytesOfOneMachine(Place place) throws Exception {
        TinySearch search = new TinySearch(home.resolve(place.toString()), 60);
        Path directory = home.resolve(place + "-run");
        RunRequest request = search.request(directory);
        Map<String, org.espalier.data.DataSet> data = Runner.load(request.experiment(), DataProgress.NONE);
        try (HadoopFiles files = place.open("search")) {
            new Runner(request, RunObserver.NONE).run(data, new org.espalier.lab.runner.Elsewhere() {
                @Override
                public int train(LevelWork work, org.espalier.lab.store.StoreWriter store, RunObserver observer) {
                    new PlanFiles(files, work, directory, home.resolve(place + "-plan")).publish();
                    List<Thread> threads = IntStream.range(0, 2)
                            .mapToObj(each -> Thread.ofPlatform().start(() -> worker(work, files, place + "-" + each)))
                            .toList();
                    threads.forEach(HadoopFilesTest::join);
                    try (var transfer = new org.espalier.lab.cluster.LevelTransfer(
                            files, work, store, home.resolve(place + "-home"))) {
                        work.plan()
                                .tasks()
                                .forEach(task ->
                                        assertThat(transfer.download(task)).isEmpty());
                    }
                    return 0;
                }

                @Override
                public void stop() {}
            });
            assertThat(Trees.differences(search.onOneMachine(), TinySearch.made(directory)))
                    .isEmpty();
            assertThat(files.list("cluster/leases")).isEmpty();
            assertThat(files.list("cluster/checkpoints")).isEmpty();
        }
        assertThat(Version.number()).isNotEmpty();
    }

    private static void worker(LevelWork work, SharedFiles files, String name) {
        Duration term = Duration.ofSeconds(5);
        try {
            RunRequest run = new TinySearch(home.resolve(name), 60).request(home.resolve(name));
            new Worker(
                            new WorkRequest(run, home.resolve(name), term, Duration.ofMillis(50), false, false),
                            work,
                            files,
                            RunObserver.NONE)
                    .run();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A driver of its own process, two executors of a cluster that Spark starts itself, and the store on HDFS. */
    @org.junit.jupiter.api.Test
    void aLocalClusterMakesTheBytesOfOneMachineOnHdfs() throws Exception {
        TinySearch search = new TinySearch(home.resolve("local-cluster"), 2000);
        Path directory = home.resolve("local-cluster-run");
        try (SparkProcesses processes = new SparkProcesses(home.resolve("processes"))) {
            Process driver = processes.driver(
                    "driver",
                    "local-cluster[2,1,1024]",
                    search.file().toString(),
                    "--out",
                    directory.toString(),
                    "--store",
                    hdfs.getFileSystem().getUri() + "/local-cluster");
            assertThat(driver.waitFor(5, java.util.concurrent.TimeUnit.MINUTES)).isTrue();
            assertThat(driver.exitValue()).as(processes.log("driver.log")).isZero();
        }
        assertThat(Trees.differences(search.onOneMachine(), TinySearch.made(directory)))
                .isEmpty();
        assertThat(Store.open(directory).timings().stream()
                        .map(timing -> timing.process())
                        .distinct())
                .as("both executors trained")
                .hasSize(2);
        try (FileSystem system = FileSystem.newInstance(hdfs.getFileSystem().getUri(), hdfs.getConfiguration(0))) {
            assertThat(system.exists(new org.apache.hadoop.fs.Path("/local-cluster/index.json")))
                    .isTrue();
        }
    }
}
