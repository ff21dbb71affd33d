package org.espalier.spark;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.espalier.engine.simd.Lanes;

/** Processes of a cluster on this machine: a standalone master, workers, and drivers. Closing ends all of them. */
final class SparkProcesses implements AutoCloseable {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(120);
    /** Scalar code for commands: vector code is slow where C2 does not compile it. */
    private static final List<String> SCALAR = List.of("-D" + Lanes.PROPERTY + "=scalar");

    private static final String CLASSES = System.getProperty("java.class.path");

    private final Path home;
    private final Path sparkHome;
    private final List<Process> all = new ArrayList<>();
    private final List<Process> workers = new ArrayList<>();
    private int port;

    /** What processes print goes to files in {@code home}. */
    SparkProcesses(Path home) throws IOException {
        this.home = Files.createDirectories(home);
        // Spark starts executors with the jars of the folder "jars". Here they get the tests' class path instead.
        this.sparkHome = home.resolve("spark");
        Files.createDirectories(sparkHome.resolve("jars"));
        Files.writeString(sparkHome.resolve("RELEASE"), "for tests\n");
    }

    private static List<String> options() throws IOException {
        List<String> options = new ArrayList<>();
        for (String name : List.of("java-options", "java-options-spark")) {
            options.add("@" + Path.of("..", "bin", name).toRealPath());
        }
        return options;
    }

    private Process start(String name, List<String> more, String type, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Xmx640m"));
        command.addAll(more);
        command.addAll(List.of("-cp", CLASSES, type));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(home.resolve(name + ".log").toFile());
        Map<String, String> environment = builder.environment();
        environment.put("SPARK_LOCAL_IP", "127.0.0.1");
        environment.put("SPARK_HOME", sparkHome.toString());
        environment.put("SPARK_SCALA_VERSION", "2.13");
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        all.add(process);
        return process;
    }

    /** Starts a master and workers of one core each. */
    void cluster(int size) throws IOException, InterruptedException {
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Process master = start(
                "master",
                List.of(),
                "org.apache.spark.deploy.master.Master",
                List.of("--host", "127.0.0.1", "--port", Integer.toString(port), "--webui-port", "0"));
        awaitMaster(master);
        for (int number = 0; number < size; number++) {
            worker();
        }
    }

    private void worker() throws IOException {
        String name = "worker-" + workers.size();
        workers.add(start(
                name,
                List.of(),
                "org.apache.spark.deploy.worker.Worker",
                List.of(
                        "--host",
                        "127.0.0.1",
                        "--webui-port",
                        "0",
                        "--cores",
                        "1",
                        "--memory",
                        "1100m",
                        "--work-dir",
                        home.resolve(name).toString(),
                        master())));
    }

    String master() {
        return "spark://127.0.0.1:" + port;
    }

    /**
     * Waits until the master takes connections. What it prints does not tell: whether Spark logs at all depends on which of several
     * SLF4J comes first on the class path.
     */
    private void awaitMaster(Process process) throws IOException, InterruptedException {
        for (long end = System.nanoTime() + PATIENCE_NANOS; ; Thread.sleep(50)) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress("127.0.0.1", port));
                return;
            } catch (ConnectException e) {
                if (!process.isAlive() || System.nanoTime() > end) {
                    throw new IOException("the master takes no connections; it said: " + log("master.log"), e);
                }
            }
        }
    }

    /** What a process has said so far. */
    String log(String name) throws IOException {
        Path log = home.resolve(name);
        return Files.exists(log) ? Files.readString(log) : "";
    }

    /** Starts the command {@code espalier run} on a cluster; its executors get the tests' class path. */
    Process driver(String name, String master, String... arguments) throws IOException {
        return command(name, "run", master, arguments);
    }

    /** Starts a command on a cluster, as {@link #driver}. */
    Process command(String name, String command, String master, String... arguments) throws IOException {
        List<String> all = new ArrayList<>(List.of(command, "--on", "spark", "--master", master));
        settings().forEach((key, value) -> all.addAll(List.of("--conf", key + "=" + value)));
        all.addAll(List.of(arguments)); // the last of two settings counts
        return start(name, SCALAR, "org.espalier.cli.Main", all);
    }

    /** Starts a command on this machine alone. */
    Process alone(String name, String... arguments) throws IOException {
        return start(name, SCALAR, "org.espalier.cli.Main", List.of(arguments));
    }

    /** Settings that make the tests short: many checkpoints, short leases, many attempts. */
    static Map<String, String> settings() {
        return Map.of(
                "spark.executor.extraClassPath", CLASSES,
                "spark.driver.host", "127.0.0.1",
                "spark.task.maxFailures", "40",
                "spark.excludeOnFailure.enabled", "false",
                "spark.espalier.checkpoint", "40ms",
                "spark.espalier.lease", "2s");
    }

    /** Executors that run now. */
    List<ProcessHandle> executors() {
        return workers.stream()
                .flatMap(worker -> worker.toHandle().descendants())
                .filter(ProcessHandle::isAlive)
                .toList();
    }

    /** Kills an executor, if there is one. */
    boolean killOne(Random random) {
        List<ProcessHandle> there = executors();
        return !there.isEmpty() && there.get(random.nextInt(there.size())).destroyForcibly();
    }

    @Override
    public void close() {
        for (Process process : all.reversed()) {
            List<ProcessHandle> children = process.toHandle().descendants().toList();
            process.destroyForcibly();
            children.forEach(ProcessHandle::destroyForcibly);
        }
        Stream.of(all).flatMap(List::stream).forEach(process -> process.onExit().join());
    }
}
