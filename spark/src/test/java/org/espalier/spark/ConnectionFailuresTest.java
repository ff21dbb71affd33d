package org.espalier.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.spark.SparkConf;
import org.apache.spark.launcher.JavaModuleOptions;
import org.espalier.JavaOptions;
import org.espalier.UserException;
import org.espalier.cli.place.Places;
import org.espalier.lab.file.AtomicFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What cannot work ends in one line, before anything is written. */
class ConnectionFailuresTest {
    @TempDir
    private Path home;

    private void assertRefused(String master, Optional<String> store, Map<String, String> settings, String... parts)
            throws Exception {
        Path directory = home.resolve("out");
        var request = new TinySearch(home, 20).request(directory, master, store, settings);
        assertThatThrownBy(() -> new SparkPlace().connect(request).close())
                .isInstanceOf(UserException.class)
                .message()
                .contains(parts)
                .doesNotContain("\n");
        assertThat(directory).doesNotExist();
    }

    private static int unusedPort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @Test
    void theModuleIsFoundByItsName() {
        assertThat(Places.find("spark")).isInstanceOf(SparkPlace.class);
        assertThatThrownBy(() -> Places.find("flink"))
                .isInstanceOf(UserException.class)
                .hasMessage("--on is flink, expected spark");
    }

    @Test
    void noMaster() throws Exception {
        assertRefused(null, Optional.empty(), Map.of(), "--on spark needs --master");
    }

    @Test
    void nobodyListens() throws Exception {
        String master = "spark://127.0.0.1:" + unusedPort();
        assertRefused(
                master,
                Optional.empty(),
                Map.of(),
                "the cluster " + master + " cannot be reached: Connection refused; is its master running");
    }

    @ParameterizedTest
    @CsvSource({
        "spark://no-such-host.invalid:7077, no-such-host.invalid is unknown",
        "spark://host, 'expected spark://HOST:PORT'",
        "spark://host:99999, 'expected spark://HOST:PORT'",
        "http://host, 'expected spark://HOST:PORT'",
        "yarn, 'needs a distribution of Spark; start the search with spark-submit'",
        "k8s://https://host, 'needs a distribution of Spark; start the search with spark-submit'"
    })
    void wrongMasters(String master, String part) throws Exception {
        assertRefused(master, Optional.empty(), Map.of(), part);
    }

    @Test
    void wrongStores() throws Exception {
        String nobody = "hdfs://127.0.0.1:" + unusedPort() + "/mine";
        assertRefused("local[1]", Optional.of(nobody), Map.of(), "the store " + nobody + " cannot be reached: ");
        assertRefused("local[1]", Optional.of("hdfs://127.0.0.1"), Map.of(), "expected a folder behind the host");
        assertRefused("local[1]", Optional.of("nosuch://host/mine"), Map.of(), "the store nosuch://host/mine cannot");
    }

    @Test
    void wrongTimes() throws Exception {
        assertRefused(
                "local[1]", Optional.empty(), Map.of("spark.espalier.lease", "soon"), "spark.espalier.lease is soon");
        assertRefused("local[1]", Optional.empty(), Map.of("spark.espalier.lease", "1ms"), "expected at least 1000ms");
    }

    @Test
    void failuresOfExecutorsAreOneSentence() {
        assertThat(OneLine.ofTask(
                        "node7",
                        "java.lang.UnsupportedClassVersionError",
                        "org/espalier/spark/ChainTask has been compiled by a more recent version of the Java Runtime (class"
                                + " file version 69.0), this version of the Java Runtime only recognizes class file versions"
                                + " up to 61.0"))
                .isEqualTo("executors on node7 run Java 17, expected Java 25 or newer; set --conf"
                        + " spark.executorEnv.JAVA_HOME=FOLDER, or the cluster's JAVA_HOME");
        assertThat(OneLine.ofTask("node7", ChainFailure.class.getName(), "x is missing"))
                .isEqualTo("x is missing (on executor host node7)");
        assertThat(OneLine.ofTask("node7", "java.lang.IllegalStateException", "odd\n\tat x"))
                .isEqualTo("a task on node7 failed: IllegalStateException: odd");
    }

    /** Spark says so in two ways: after too many attempts, and where no executor is left that has not failed. */
    @Test
    void jobsThatEndByATaskAreToldFromOthers() {
        assertThat(
                        OneLine.isOfTask(
                                new ExecutionException(
                                        new IllegalStateException(
                                                "Job aborted due to stage failure: Task 0 in stage 0.0 failed 4 times, most recent failure: Lost"))))
                .isTrue();
        assertThat(OneLine.isOfTask(new ExecutionException(new IllegalStateException(
                        "Job aborted due to stage failure:\nAborting TaskSet 0.0 because task 0 (partition 0)\ncannot run"
                                + " anywhere due to node and executor excludeOnFailure.\nMost recent failure:\nLost"))))
                .isTrue();
        assertThat(OneLine.isOfTask(new ExecutionException(new IllegalStateException("Job 0 cancelled"))))
                .isFalse();
    }

    /** Executors find the files of a job in a folder such as {@code work/app/0/.}. */
    @Test
    void dataThatAreSentAreUnpackedWhereSparkPutsThem() throws Exception {
        Path archive = home.resolve("data.zip");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(archive))) {
            zip.putNextEntry(new ZipEntry("images"));
            zip.write(new byte[] {1, 2, 3});
            zip.closeEntry();
        }
        ShippedData.unpack(archive, home.resolve(".").resolve("unpacked"));
        assertThat(home.resolve("unpacked").resolve("images")).hasBinaryContent(new byte[] {1, 2, 3});
    }

    @Test
    void anotherVersionOnExecutorsIsRefused() {
        var job =
                new SearchJob("run", "9.9", 99, "file:/x", new byte[0], Map.of(), Map.of(), "AUTO", 1, 1000, List.of());
        assertThatThrownBy(() -> ExecutorSearch.of(job))
                .isInstanceOf(ChainFailure.class)
                .message()
                .startsWith("executors have Espalier ")
                .contains("expected the driver's 9.9 with 99; remove Espalier's jar from the cluster's class path");
    }

    @Test
    void settingsOfTheUserCount() throws Exception {
        TinySearch search = new TinySearch(home, 20);
        Map<String, String> own =
                Map.of("spark.task.maxFailures", "7", "spark.executor.defaultJavaOptions", "-Dmine=1");
        SparkConf conf = SparkSettings.of(
                search.request(home.resolve("out"), "local[1]", Optional.empty(), own), Optional.of(Path.of("/e.jar")));
        assertThat(conf.get("spark.task.maxFailures")).isEqualTo("7");
        assertThat(conf.get("spark.excludeOnFailure.task.maxTaskAttemptsPerNode"))
                .isEqualTo("6");
        assertThat(conf.get("spark.speculation")).isEqualTo("false");
        assertThat(conf.get("spark.executor.memory")).isEqualTo("1024m");
        assertThat(conf.get("spark.jars")).isEqualTo("file:///e.jar");
        assertThat(conf.get("spark.executor.defaultJavaOptions"))
                .startsWith("-Dmine=1 ")
                .contains(String.join(" ", JavaOptions.list()))
                .doesNotContain("-Xm");
    }

    /** The launcher starts the driver with what Spark's own launcher would give it. */
    @Test
    void theDriversOptionsAreThoseOfThisSpark() {
        List<String> ours = lines(Path.of("..", "bin", "java-options-spark"));
        List<String> common = lines(Path.of("..", "bin", "java-options"));
        assertThat(Stream.of(ours, common).flatMap(List::stream).toList())
                .containsAll(
                        Arrays.stream(JavaModuleOptions.defaultModuleOptions().split(" "))
                                // a package that Java 25 has no more
                                .filter(option -> !option.contains("sun.security.action"))
                                .toList());
    }

    /** Options of a file. */
    private static List<String> lines(Path file) {
        return new String(AtomicFiles.read(file), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.startsWith("#"))
                .toList();
    }
}
