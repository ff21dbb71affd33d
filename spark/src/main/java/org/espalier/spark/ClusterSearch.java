package org.espalier.spark;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.spark.api.java.JavaFutureAction;
import org.espalier.UserException;
import org.espalier.evaluate.Measurement;
import org.espalier.lab.cluster.LevelTransfer;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.plan.ExperimentTranslator;
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
 * finished levels to the search's directory. Used by one thread.
 */
final class ClusterSearch {
    private static final Duration VANISHED = Duration.ofMinutes(2);

    private final Cluster cluster;
    private final StoreWriter store;
    private final RunObserver observer;
    private final LevelTransfer transfer;
    private final Chains chains;
    private final LevelWork work;
    private final boolean apart;
    private final Map<String, RunObserver.LevelInWork> open = new HashMap<>(); // by key
    private final Set<String> ended = new LinkedHashSet<>(); // training is over, files may be on their way
    private final List<JavaFutureAction<List<ChainReport>>> jobs = new ArrayList<>();
    private final List<Chain> again = new ArrayList<>();
    private int trained;
    private long lastNews = System.nanoTime();

    /**
     * A search.
     *
     * @param work planned
     * @param store the search's directory, locked by the caller
     */
    ClusterSearch(Cluster cluster, LevelWork work, StoreWriter store, RunObserver observer) {
        this.cluster = cluster;
        this.work = work;
        this.store = store;
        this.observer = observer;
        this.chains = new Chains(work.plan().tasks());
        this.apart = cluster.apart();
        this.transfer = new LevelTransfer(cluster.files(), work, store, cluster.home());
    }

    /** Trains until all is done or failed, or until stopped; returns the number of levels trained. */
    int run() {
        try (transfer) {
            return search();
        }
    }

    private int search() {
        cluster.tell(observer::warned);
        if (apart) {
            new PlanFiles(
                            cluster.files(),
                            work,
                            cluster.directory(),
                            cluster.home().resolve("plan"))
                    .publish();
        }
        cluster.files().sweep();
        settle();
        TimingFeed feed = new TimingFeed(
                cluster.files(),
                cluster.folder(),
                apart ? Optional.of(cluster.directory().resolve(Store.TIMINGS)) : Optional.empty());
        while (!cluster.stopping()) {
            submit();
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
                    throw new UserException("levels are left whose parents are missing in "
                            + cluster.files().describe() + "; run again");
                }
                again.addAll(ready);
            }
            if (!jobs.isEmpty()) {
                cluster.missExecutors(observer::warned);
            }
            cluster.pause();
        }
        cluster.halt();
        feed.poll().forEach(this::show);
        look();
        return trained;
    }

    /** Takes what is there: in the directory, and in the shared store. */
    private void settle() {
        Set<String> begun = transfer.begun();
        for (Task task : chains.all()) {
            if (cluster.stopping()) {
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

    private void submit() {
        List<Chain> ready = new ArrayList<>(again);
        again.clear();
        ready.addAll(chains.take());
        if (!ready.isEmpty()) {
            jobs.add(cluster.spark()
                    .parallelize(ready, ready.size())
                    .mapPartitions(new ChainTask(cluster.job()))
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
        Experiment experiment = cluster.request().run().experiment();
        double density = store.level(task.key())
                .density()
                .orElseGet(() -> ExperimentTranslator.estimatedDensities(
                                experiment,
                                cluster.request()
                                        .run()
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
            throw new UserException("level " + ended.iterator().next() + " was trained, but "
                    + cluster.files().describe()
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
            level = describe(
                    task, cluster.request().run().experiment().training().iterations());
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
                throw cluster.failed(e, "finished levels are kept");
            } catch (InterruptedException e) {
                cluster.stop();
            }
        }
    }
}
