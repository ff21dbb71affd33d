package org.espalier.spark;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.SparkConf;
import org.espalier.JavaOptions;
import org.espalier.UserException;
import org.espalier.cli.place.PlaceRequest;
import org.espalier.lab.file.Directories;

/** What Spark is told for a search. A setting that the user gives counts, by {@code --conf} or by spark-submit. */
final class SparkSettings {
    /** Time between published checkpoints. */
    static final String CHECKPOINT = "spark.espalier.checkpoint";

    /** Term of a lease. */
    static final String LEASE = "spark.espalier.lease";

    private static final long MIB = 1L << 20;
    private static final long SPARK_MIB = 448; // what Spark itself needs, 300 of which it never gives away
    private static final long LEAST_MIB = 1024;
    private static final long LEAST_OVERHEAD_MIB = 384;

    private SparkSettings() {}

    /**
     * The settings of a search.
     *
     * @param jar Espalier's jar for executors; empty where classes lie in folders
     */
    static SparkConf of(PlaceRequest request, Optional<Path> jar) {
        SparkConf conf = new SparkConf();
        request.settings().forEach(conf::set);
        request.master().ifPresent(conf::setMaster);
        conf.setIfMissing(
                "spark.app.name", "espalier " + request.run().experiment().name());

        // A task trains one level at a time, on one core.
        conf.setIfMissing("spark.task.cpus", "1");
        conf.setIfMissing("spark.executor.cores", "1");
        request.jobs().ifPresent(jobs -> {
            int executors = Math.ceilDiv(jobs, conf.getInt("spark.executor.cores", 1));
            conf.setIfMissing("spark.cores.max", jobs.toString());
            conf.setIfMissing("spark.executor.instances", Integer.toString(executors));
        });
        long cores = conf.getInt("spark.executor.cores", 1);
        long needed = Math.ceilDiv(request.dataBytes() + cores * request.jobBytes(), MIB);
        conf.setIfMissing("spark.executor.memory", Math.max(LEAST_MIB, needed + SPARK_MIB) + "m");
        // Activations lie outside the heap.
        conf.setIfMissing(
                "spark.executor.memoryOverhead",
                Math.max(LEAST_OVERHEAD_MIB, Math.ceilDiv(cores * request.jobBytes(), MIB)) + "m");
        String common = conf.get("spark.executor.defaultJavaOptions", "");
        conf.set("spark.executor.defaultJavaOptions", (common + " " + String.join(" ", JavaOptions.list())).strip());

        // A node that fails gets no more tasks for an hour. A second attempt of a slow task would do the same work
        // twice.
        conf.setIfMissing("spark.task.maxFailures", "4");
        conf.setIfMissing("spark.excludeOnFailure.enabled", "true");
        conf.setIfMissing(
                "spark.excludeOnFailure.task.maxTaskAttemptsPerNode",
                Integer.toString(Math.max(1, conf.getInt("spark.task.maxFailures", 4) - 1)));
        conf.setIfMissing("spark.speculation", "false");
        conf.setIfMissing("spark.task.reaper.enabled", "true");
        conf.setIfMissing("spark.task.reaper.killTimeout", "10min");
        conf.setIfMissing("spark.locality.wait", "0");
        conf.setIfMissing("spark.ui.enabled", "false");
        conf.setIfMissing("spark.ui.showConsoleProgress", "false");
        ship(conf, request, jar);
        return conf;
    }

    private static void ship(SparkConf conf, PlaceRequest request, Optional<Path> jar) {
        List<String> jars = new ArrayList<>();
        String given = conf.get("spark.jars", "");
        if (!given.isEmpty()) {
            jars.add(given);
        }
        // spark-submit has added the jar that it was given.
        jar.filter(file -> !given.contains(String.valueOf(file.getFileName())))
                .ifPresent(file -> jars.add(file.toUri().toString()));
        request.plugins().ifPresent(folder -> {
            try {
                Directories.list(folder).stream()
                        .filter(file -> file.toString().endsWith(".jar"))
                        .forEach(file -> jars.add(file.toAbsolutePath().toUri().toString()));
            } catch (IOException e) {
                throw new UserException("the plug-in directory " + folder + " cannot be read: " + OneLine.reason(e), e);
            }
        });
        if (!jars.isEmpty()) {
            conf.set("spark.jars", String.join(",", jars));
        }
    }

    /**
     * A time in milliseconds.
     *
     * @param usual as Spark writes it, e.g. {@code 3min}
     * @param least milliseconds
     * @throws UserException if it is malformed or too short
     */
    static long millis(SparkConf conf, String name, String usual, long least) {
        long millis;
        try {
            millis = conf.getTimeAsMs(name, usual);
        } catch (RuntimeException e) { // NumberFormatException, or Spark's own
            throw new UserException("--conf " + name + " is " + conf.get(name) + ", expected a time such as 60s", e);
        }
        if (millis < least) {
            throw new UserException(
                    "--conf " + name + " is " + conf.get(name, usual) + ", expected at least " + least + "ms");
        }
        return millis;
    }
}
