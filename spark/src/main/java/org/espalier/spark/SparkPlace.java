package org.espalier.spark;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.espalier.UserException;
import org.espalier.cli.place.PlaceRequest;
import org.espalier.cli.place.RunPlace;
import org.espalier.lab.cluster.SharedFiles;
import org.espalier.lab.file.Directories;

/** {@code --on spark}. */
public final class SparkPlace implements RunPlace {
    @Override
    public String name() {
        return "spark";
    }

    @Override
    public Connection connect(PlaceRequest request) {
        Path home = home();
        boolean connected = false;
        try {
            Optional<Path> log = log(home); // before the first class of Spark is loaded
            SparkConf conf = SparkSettings.of(request, jar());
            check(conf);
            URI address = Stores.address(
                    request.store().orElseGet(() -> request.run().directory().toString()));
            Configuration hadoop = SparkHadoopUtil.get().newConfiguration(conf);
            SharedFiles files = store(address, hadoop);
            JavaSparkContext spark = start(conf, log);
            connected = true;
            return new Cluster(request, spark, address, files, hadoop, home);
        } finally {
            if (!connected) {
                Directories.discard(home);
            }
        }
    }

    private static void check(SparkConf conf) {
        if (!conf.contains("spark.master")) {
            throw new UserException("--on spark needs --master, e.g. spark://HOST:7077, or local[2] for a trial");
        }
        SparkSettings.millis(conf, SparkSettings.CHECKPOINT, Cluster.CHECKPOINT, 1);
        SparkSettings.millis(conf, SparkSettings.LEASE, Cluster.LEASE, 1000);
        MasterUrl.check(conf.get("spark.master"));
    }

    /** Opens the store, after a first look that does not wait for minutes. */
    private static SharedFiles store(URI address, Configuration hadoop) {
        if (!Stores.isFolder(address)) {
            Configuration impatient = new Configuration(hadoop);
            impatient.setInt("ipc.client.connect.max.retries", 2);
            impatient.setInt("ipc.client.connect.max.retries.on.timeouts", 1);
            impatient.setInt("ipc.client.connect.timeout", 10_000);
            Stores.open(address, impatient).close();
        }
        return Stores.open(address, hadoop);
    }

    private static JavaSparkContext start(SparkConf conf, Optional<Path> log) {
        try {
            return new JavaSparkContext(new SparkContext(conf));
        } catch (Exception | LinkageError e) { // Spark throws checked exceptions that it does not declare
            throw new UserException(
                    "Spark cannot be started with master " + conf.get("spark.master") + ": " + OneLine.reason(e)
                            + log.filter(Files::exists)
                                    .map(SparkPlace::kept)
                                    .map(file -> "; its log is " + file)
                                    .orElse(""),
                    e);
        }
    }

    /** Keeps the log of a failure, whose folder is deleted. */
    private static Path kept(Path log) {
        try {
            return Files.copy(
                    log, Files.createTempFile("espalier-spark-", ".log"), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            return log;
        }
    }

    private static Path home() {
        try {
            return Files.createTempDirectory("espalier-driver-");
        } catch (IOException e) {
            throw new UserException(
                    "no folder can be made in " + System.getProperty("java.io.tmpdir") + ": " + OneLine.reason(e), e);
        }
    }

    /** Sends Spark's messages to a file, unless spark-submit has sent them elsewhere. */
    private static Optional<Path> log(Path home) {
        if (System.getProperty("log4j2.configurationFile") != null || System.getProperty("SPARK_SUBMIT") != null) {
            return Optional.empty();
        }
        Path log = home.resolve("spark.log");
        System.setProperty("espalier.spark.log", log.toString());
        System.setProperty("log4j2.configurationFile", "classpath:org/espalier/spark/log4j2.properties");
        return Optional.of(log);
    }

    /** The jar that this class is in, if it is in one. */
    private static Optional<Path> jar() {
        try {
            Path place = Path.of(SparkPlace.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            return Optional.of(place).filter(Files::isRegularFile);
        } catch (URISyntaxException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
