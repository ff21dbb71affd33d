package org.espalier.spark;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.espalier.UserException;
import org.espalier.UserPath;
import org.espalier.cli.place.PlaceRequest;
import org.espalier.cli.place.RunPlace;
import org.espalier.data.DataProgress;
import org.espalier.data.catalogue.DataSets;
import org.espalier.evaluate.Measurement;
import org.espalier.lab.cluster.LevelTransfer;
import org.espalier.lab.cluster.SharedFiles;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.plan.ExperimentTranslator;
import org.espalier.lab.plan.Numerics;
import org.espalier.lab.plan.Task;
import org.espalier.lab.runner.LevelWork;
import org.espalier.lab.runner.RunObserver;
import org.espalier.lab.store.LevelState;
import org.espalier.lab.store.Store;
import org.espalier.lab.store.StoreWriter;
import org.espalier.lab.store.StoredLevel;
import org.espalier.lab.store.Timing;

/**
 * The driver of a search: submits chains as their first levels become possible, follows them in the shared store, and brings
 * finished levels to the search's directory.
 */
final class ClusterSearch implements RunPlace.Connection {
    static final String CHECKPOINT = "3min";
    static final String LEASE = "60s";

    private static final Duration WITHOUT_EXECUTOR = Duration.ofSeconds(30);
    private static final Duration LAST_CHECKPOINT = Duration.ofMinutes(5);
    private static final Duration VANISHED = Duration.ofMinutes(2);
    private static final long POLL_MILLIS = 500;

    private final PlaceRequest request;
    private final JavaSparkContext spark;
    private final URI address;
    private final SharedFiles files;
    private final Configuration hadoop;
    private final Path home;
    private final TaskWatch watch = new TaskWatch();
    private volatile boolean stopping;

    /**
     * A connection; closes all that it is given.
     *
     * @param address of the shared store
     * @param home a folder of the driver for temporary files
     */
    ClusterSearch(
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
    public void stop() {
        stopping = true;
    }

    @Override
    public int train(LevelWork work, StoreWriter store, RunObserver observer) {
        try (LevelTransfer transfer = new LevelTransfer(files, work, store, home)) {
            return new Search(work, store, observer, transfer).run();
        }
    }

    /** Whether the shared store is another place than the search's directory. */
    private boolean apart() {
        try {
            return !Stores.isFolder(address)
                    || !Files.exists(Stores.folder(address))
                    || !Files.isSameFile(Stores.folder(address), request.run().directory());
        } catch (IOException e) {
            return true;
        }
    }

    /** One run of a search. Used by one thread. */
    private final class Search {
        private final StoreWriter store;
        private final RunObserver observer;
        private final LevelTransfer transfer;
        private final Chains chains;
        private final LevelWork work;
        private final boolean apart = apart();
        private final Map<String, RunObserver.LevelInWork> open = new HashMap<>(); // by key
        private final Set<String> ended = new LinkedHashSet<>(); // training is over, files may be on their way
        private final List<JavaFutureAction<List<ChainReport>>> jobs = new ArrayList<>();
        private final List<Chain> again = new ArrayList<>();
        private int trained;
        private long lastNews = System.nanoTime();

        Search(LevelWork work, StoreWriter store, RunObserver observer, LevelTransfer transfer) {
            this.work = work;
            this.store = store;
            this.observer = observer;
            this.transfer = transfer;
            this.chains = new Chains(work.plan().tasks());
        }

        int run() {
            watch.tell(observer::warned);
            if (apart) {
                new PlanFiles(files, work, request.run().directory(), home.resolve("plan")).publish();
            }
            files.sweep();
            settle();
            TimingFeed feed = new TimingFeed(
                    files,
                    Stores.isFolder(address) ? Optional.of(Stores.folder(address)) : Optional.empty(),
                    apart ? Optional.of(request.run().directory().resolve(Store.TIMINGS)) : Optional.empty());
            Broadcast<SearchJob> job = spark.broadcast(job());
            // Tasks in work are interrupted when they are cancelled, and then publish a checkpoint.
            spark.setJobGroup("espalier", request.run().experiment().name(), true);
            long start = System.nanoTime();
            boolean told = false;
            while (!stopping) {
                submit(job);
                feed.poll().forEach(this::show);
                look();
                collect();
                if (jobs.isEmpty() && ended.isEmpty() && again.isEmpty()) {
                    if (!chains.waits()) {
                        feed.clear();
                        return trained;
                    }
                    List<Chain> ready = chains.take(); // levels may have been settled just now
                    if (ready.isEmpty()) {
                        throw new UserException(
                                "levels are left whose parents are missing in " + files.describe() + "; run again");
                    }
                    again.addAll(ready);
                }
                if (!told
                        && watch.executors() == 0
                        && System.nanoTime() - start > WITHOUT_EXECUTOR.toNanos()
                        && !jobs.isEmpty()) {
                    told = true;
                    observer.warned(nobody());
                }
                pause();
            }
            halt();
            feed.poll().forEach(this::show);
            look();
            return trained;
        }

        /** Takes what is there: in the directory, and in the shared store. */
        private void settle() {
            Set<String> begun = transfer.begun();
            for (Task task : chains.all()) {
                if (stopping) {
                    return;
                }
                LevelState here = store.level(task.key()).state();
                LevelState there = begun.contains(task.key()) ? transfer.state(task) : LevelState.WAITING;
                boolean complete = there == LevelState.DONE || there == LevelState.FAILED;
                if (apart && !complete && (here == LevelState.DONE || here == LevelState.FAILED)) {
                    transfer.upload(task);
                    there = transfer.state(task);
                } else if (!complete && here == LevelState.BEGUN) {
                    transfer.uploadCheckpoint(task);
                } else if (complete && apart && here != there && !bring(task, there)) {
                    there = LevelState.WAITING;
                }
                if (there == LevelState.DONE || there == LevelState.FAILED) {
                    chains.settle(task.key(), there);
                }
            }
        }

        /** Brings a level to the directory; false if its files are damaged, and it is to be trained again. */
        private boolean bring(Task task, LevelState state) {
            if (state == LevelState.FAILED) {
                transfer.downloadFailed(task);
                return true;
            }
            Optional<String> damage = transfer.download(task);
            damage.ifPresent(why -> {
                observer.warned(why + "; this level is trained again");
                transfer.withdraw(task);
            });
            return damage.isEmpty();
        }

        private SearchJob job() {
            SparkConf conf = spark.getConf();
            Map<String, String> archives = new LinkedHashMap<>();
            Map<String, String> folders = new LinkedHashMap<>();
            for (Experiment.DataSource source :
                    request.run().experiment().data().sets()) {
                if (source.directory().isPresent()) {
                    Path folder = UserPath.of(source.directory().get(), "data.sets directory");
                    folders.put(source.name(), folder.toAbsolutePath().toString());
                } else {
                    ShippedData.pack(
                                    DataSets.standard().findHere(source.name(), Optional.empty(), DataProgress.NONE),
                                    home)
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

        private void submit(Broadcast<SearchJob> job) {
            List<Chain> ready = new ArrayList<>(again);
            again.clear();
            ready.addAll(chains.take());
            if (!ready.isEmpty()) {
                jobs.add(spark.parallelize(ready, ready.size())
                        .mapPartitions(new ChainTask(job))
                        .collectAsync());
            }
        }

        private void show(Timing line) {
            String key = line.level();
            if (!chains.has(key) || chains.settled(key)) {
                return;
            }
            Task task = chains.task(key);
            RunObserver.LevelInWork level = open.get(key);
            if (level == null || line.event().equals("started")) {
                if (apart) {
                    transfer.downloadStart(task);
                }
                level = describe(task, line.of());
                open.put(key, level);
                observer.started(level, line.event().equals("started") ? line.iteration() : 0);
            }
            switch (line.event()) {
                case "finished", "failed" -> {
                    observer.reached(level, line.iteration());
                    ended.add(key);
                }
                case "stopped" -> observer.stopped(level, line.iteration());
                default -> observer.reached(level, line.iteration());
            }
        }

        private RunObserver.LevelInWork describe(Task task, int iterations) {
            Experiment experiment = request.run().experiment();
            double density = store.level(task.key())
                    .density()
                    .orElseGet(() -> ExperimentTranslator.estimatedDensities(
                                    experiment,
                                    request.run()
                                            .start()
                                            .map(start -> start.network().mask().architecture()))
                            .applyAsDouble(task.number()));
            return new RunObserver.LevelInWork(
                    task.key(), task.trial(), task.number(), task.lastLevel(), density, iterations);
        }

        /** Looks for levels whose training is over, and takes those whose files are whole. */
        private void look() {
            for (String key : List.copyOf(ended)) {
                Task task = chains.task(key);
                LevelState state = chains.settled(key) ? LevelState.WAITING : transfer.state(task);
                if (chains.settled(key)) {
                    ended.remove(key);
                } else if (state == LevelState.DONE || state == LevelState.FAILED) {
                    ended.remove(key);
                    lastNews = System.nanoTime();
                    take(task, state);
                }
            }
            if (jobs.isEmpty() && !ended.isEmpty() && System.nanoTime() - lastNews > VANISHED.toNanos()) {
                throw new UserException("level " + ended.iterator().next() + " was trained, but " + files.describe()
                        + " does not show it; run the same command again");
            }
        }

        private void take(Task task, LevelState state) {
            if (apart && !bring(task, state)) {
                again.add(new Chain(List.of(task.key()), chains.leadingTo(task.key())));
                return;
            }
            transfer.forgetCheckpoint(task);
            chains.settle(task.key(), state);
            StoredLevel stored = store.level(task.key());
            RunObserver.LevelInWork level = open.remove(task.key());
            if (level == null) {
                level = describe(task, request.run().experiment().training().iterations());
                observer.started(level, 0);
            }
            if (state == LevelState.FAILED) {
                RunObserver.LevelInWork failed = level;
                stored.failure().ifPresent(failure -> observer.failed(failed, failure));
                return;
            }
            trained++;
            List<Measurement> metrics = stored.metrics();
            if (!metrics.isEmpty()) {
                int last = metrics.getLast().iteration();
                observer.measured(
                        level,
                        metrics.stream()
                                .filter(measurement -> measurement.iteration() == last)
                                .toList());
            }
            observer.finished(level);
        }

        /** Takes what finished jobs report. */
        private void collect() {
            for (JavaFutureAction<List<ChainReport>> job : List.copyOf(jobs)) {
                if (!job.isDone()) {
                    continue;
                }
                jobs.remove(job);
                lastNews = System.nanoTime();
                try {
                    for (ChainReport report : job.get()) {
                        report.warnings().forEach(observer::warned);
                        ended.addAll(chains.left(report.chain()));
                    }
                } catch (ExecutionException e) {
                    pause(); // Spark tells of the task a little later than of its job
                    String reason = OneLine.ofJob(e.getCause() == null ? e : e.getCause());
                    String sentence = OneLine.isOfTask(e) ? watch.failure().orElse(reason) : reason;
                    halt();
                    throw new UserException(
                            sentence + "; finished levels are kept: run the same command again to continue", e);
                } catch (InterruptedException e) {
                    stopping = true;
                }
            }
        }

        private String nobody() {
            SparkConf conf = spark.getConf();
            return "no executor came for " + WITHOUT_EXECUTOR.toSeconds() + " s: the cluster needs a worker with "
                    + conf.get("spark.executor.cores") + " free core(s) and " + conf.get("spark.executor.memory")
                    + " of memory; waiting";
        }

        private void pause() {
            try {
                Thread.sleep(POLL_MILLIS);
            } catch (InterruptedException e) {
                stopping = true;
            }
        }

        /** Stops all tasks and waits until they have published their checkpoints. */
        private void halt() {
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
    }

    @Override
    public void close() {
        try {
            spark.close();
        } finally {
            files.close();
            Folders.delete(home);
        }
    }
}
