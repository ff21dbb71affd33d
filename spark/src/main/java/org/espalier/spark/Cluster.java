package org.espalier.spark;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.espalier.UserException;
import org.espalier.UserPath;
import org.espalier.cli.place.PlaceRequest;
import org.espalier.cli.place.PlacedWork;
import org.espalier.cli.place.RunPlace;
import org.espalier.data.DataProgress;
import org.espalier.data.catalogue.DataSets;
import org.espalier.lab.cluster.PartWorker;
import org.espalier.lab.cluster.SharedFiles;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.file.Directories;
import org.espalier.lab.plan.Numerics;
import org.espalier.lab.runner.LevelWork;
import org.espalier.lab.runner.RunObserver;
import org.espalier.lab.store.StoreWriter;
import org.jspecify.annotations.Nullable;

/** The driver's connection to a cluster and to the shared store. Its work is done by one thread, and stopped by any. */
final class Cluster implements RunPlace.Connection {
    static final String CHECKPOINT = "3min";
    static final String LEASE = "60s";

    private static final Duration WITHOUT_EXECUTOR = Duration.ofSeconds(30);
    private static final Duration LAST_CHECKPOINT = Duration.ofMinutes(5);
    private static final long POLL_MILLIS = 500;

    private final PlaceRequest request;
    private final JavaSparkContext spark;
    private final URI address;
    private final SharedFiles files;
    private final Configuration hadoop;
    private final Path home;
    private final TaskWatch watch = new TaskWatch();
    private final long start = System.nanoTime();
    private @Nullable Broadcast<SearchJob> job; // made once
    private boolean told;
    private volatile boolean stopping;

    /**
     * A connection; closes all that it is given.
     *
     * @param address of the shared store
     * @param home a folder of the driver for temporary files
     */
    Cluster(
            PlaceRequest request,
            JavaSparkContext spark,
            URI address,
            SharedFiles files,
            Configuration hadoop,
            Path home) {
        this.request = request;
        this.spark = spark;
        this.address = address;
        this.files = files;
        this.hadoop = hadoop;
        this.home = home;
        spark.sc().addSparkListener(watch);
    }

    @Override
    public int train(LevelWork work, StoreWriter store, RunObserver observer) {
        return new ClusterSearch(this, work, store, observer).run();
    }

    @Override
    public boolean make(LevelWork search, List<PlacedWork> works, PartWorker.Observer observer) {
        return new ClusterParts(this, search, works, observer).run();
    }

    @Override
    public void stop() {
        stopping = true;
    }

    boolean stopping() {
        return stopping;
    }

    PlaceRequest request() {
        return request;
    }

    /** The search's directory on this machine. */
    Path directory() {
        return request.run().directory();
    }

    JavaSparkContext spark() {
        return spark;
    }

    SharedFiles files() {
        return files;
    }

    /** The shared store, if it is a folder. */
    Optional<Path> folder() {
        return Stores.isFolder(address) ? Optional.of(Stores.folder(address)) : Optional.empty();
    }

    /** A folder of this process for temporary files. */
    Path home() {
        return home;
    }

    /** Whether the shared store is another place than the search's directory. */
    boolean apart() {
        try {
            return !Stores.isFolder(address)
                    || !Files.exists(Stores.folder(address))
                    || !Files.isSameFile(Stores.folder(address), directory());
        } catch (IOException e) {
            return true;
        }
    }

    /** Tells the user of failed tasks and lost executors from now on. */
    void tell(Consumer<String> user) {
        watch.tell(user);
    }

    /** What executors need to know of the search. Sends its data sets with the first call. */
    Broadcast<SearchJob> job() {
        if (job == null) {
            // Tasks in work are interrupted when they are cancelled, and then publish a checkpoint.
            spark.setJobGroup("espalier", request.run().experiment().name(), true);
            job = spark.broadcast(describe());
        }
        return job;
    }

    private SearchJob describe() {
        SparkConf conf = spark.getConf();
        Map<String, String> archives = new LinkedHashMap<>();
        Map<String, String> folders = new LinkedHashMap<>();
        for (Experiment.DataSource source : request.run().experiment().data().sets()) {
            if (source.directory().isPresent()) {
                Path folder = UserPath.of(source.directory().get(), "data.sets directory");
                folders.put(source.name(), folder.toAbsolutePath().toString());
            } else {
                ShippedData.pack(DataSets.standard().findHere(source.name(), Optional.empty(), DataProgress.NONE), home)
                        .ifPresent(archive -> {
                            spark.addFile(archive.toString());
                            archives.put(source.name(), String.valueOf(archive.getFileName()));
                        });
            }
        }
        return new SearchJob(
                UUID.randomUUID().toString(),
                request.run().version(),
                Numerics.VERSION,
                address.toString(),
                Stores.encode(hadoop),
                archives,
                folders,
                request.run().kernels().name(),
                SparkSettings.millis(conf, SparkSettings.CHECKPOINT, CHECKPOINT, 1),
                SparkSettings.millis(conf, SparkSettings.LEASE, LEASE, 1000),
                new ArrayList<>(request.run().command()));
    }

    /** Tells the user once if no executor comes. */
    void missExecutors(Consumer<String> user) {
        if (!told && watch.executors() == 0 && System.nanoTime() - start > WITHOUT_EXECUTOR.toNanos()) {
            told = true;
            SparkConf conf = spark.getConf();
            user.accept("no executor came for " + WITHOUT_EXECUTOR.toSeconds() + " s: the cluster needs a worker with "
                    + conf.get("spark.executor.cores") + " free core(s) and " + conf.get("spark.executor.memory")
                    + " of memory; waiting");
        }
    }

    /**
     * Ends the work after a job that failed.
     *
     * @param kept what the user keeps, as in "finished levels are kept"
     * @return to be thrown
     */
    UserException failed(ExecutionException e, String kept) {
        pause(); // Spark tells of the task a little later than of its job
        String reason = OneLine.ofJob(e.getCause() == null ? e : e.getCause());
        String sentence = OneLine.isOfTask(e) ? watch.failure().orElse(reason) : reason;
        halt();
        return new UserException(sentence + "; " + kept + ": run the same command again to continue", e);
    }

    /** Waits until the next look for news. */
    void pause() {
        try {
            Thread.sleep(POLL_MILLIS);
        } catch (InterruptedException e) {
            stopping = true;
        }
    }

    /** Stops all tasks and waits until they have published their checkpoints. */
    void halt() {
        watch.silence();
        if (spark.sc().isStopped()) {
            return;
        }
        spark.cancelAllJobs();
        long end = System.nanoTime() + LAST_CHECKPOINT.toNanos();
        int still = 0; // looks without a task, because Spark tells of events late
        while (still < 3 && System.nanoTime() < end) {
            still = watch.running() == 0 ? still + 1 : 0;
            try {
                Thread.sleep(POLL_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    @Override
    public void close() {
        try {
            spark.close();
        } finally {
            files.close();
            Directories.discard(home);
        }
    }
}
