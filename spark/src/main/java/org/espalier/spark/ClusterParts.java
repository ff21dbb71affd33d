package org.espalier.spark;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.spark.api.java.JavaFutureAction;
import org.espalier.cli.place.PlacedWork;
import org.espalier.lab.cluster.LevelTransfer;
import org.espalier.lab.cluster.PartWorker;
import org.espalier.lab.cluster.SharedFiles;
import org.espalier.lab.file.AtomicFiles;
import org.espalier.lab.jobs.PartedWork;
import org.espalier.lab.runner.LevelWork;
import org.espalier.lab.store.Store;

/**
 * The driver of evaluations and certificates: has executors make their parts, a task each, and makes the whole of them. Parts
 * are in the shared store until then, so that the same command continues. Used by one thread.
 */
final class ClusterParts {
    /** Tasks that wait for a core, for each core: enough that none is idle, and few enough for any number of parts. */
    private static final int TASKS_PER_CORE = 4;

    private static final int LEAST_TASKS = 64;

    private final Cluster cluster;
    private final SharedFiles files;
    private final LevelWork search;
    private final Map<String, PlacedWork> works = new LinkedHashMap<>(); // by folder
    private final PartWorker.Observer observer;
    private final boolean apart;
    private final Store store;
    private final Deque<Open> waiting = new ArrayDeque<>();
    private final List<Open> submitted = new ArrayList<>();

    /** Work with its parts that are there. */
    private static final class Open {
        final PlacedWork placed;
        final Map<Integer, byte[]> parts = new TreeMap<>();
        JavaFutureAction<List<PartTask.Made>> job;
        int tasks;

        @SuppressWarnings("NullAway.Init") // submit sets the job
        Open(PlacedWork placed) {
            this.placed = placed;
        }

        PartedWork work() {
            return placed.work();
        }
    }

    /**
     * Work to be done.
     *
     * @param search planned, for its levels
     */
    ClusterParts(Cluster cluster, LevelWork search, List<PlacedWork> works, PartWorker.Observer observer) {
        this.cluster = cluster;
        this.files = cluster.files();
        this.search = search;
        this.observer = observer;
        this.apart = cluster.apart();
        this.store = Store.open(cluster.directory());
        works.forEach(each -> this.works.putIfAbsent(each.work().folder(), each));
    }

    /** Works until all is whole, or until stopped; returns whether all is whole. */
    boolean run() {
        cluster.tell(observer::warned);
        if (apart) {
            new PlanFiles(files, search, cluster.directory(), cluster.home().resolve("plan-of-parts")).publish();
        }
        files.sweep();
        works.values().forEach(each -> waiting.add(new Open(each)));
        while (!cluster.stopping()) {
            submit();
            collect();
            if (submitted.isEmpty() && waiting.isEmpty()) {
                return true;
            } else if (!submitted.isEmpty()) {
                cluster.missExecutors(observer::warned);
            }
            cluster.pause();
        }
        cluster.halt();
        return false;
    }

    private void submit() {
        int limit = Math.max(LEAST_TASKS, TASKS_PER_CORE * cluster.spark().defaultParallelism());
        int tasks = submitted.stream().mapToInt(open -> open.tasks).sum();
        while (!waiting.isEmpty() && tasks < limit && !cluster.stopping()) {
            Open open = waiting.remove();
            if (whole(open.work())) {
                observer.finished(open.work());
                continue;
            }
            take(open);
            List<PartTask.Piece> pieces = missing(open);
            if (pieces.isEmpty()) {
                finish(open);
                continue;
            }
            if (apart) {
                LevelTransfer.publish(
                        files,
                        open.placed.level(),
                        store.level(open.placed.level()),
                        cluster.home().resolve("spare"));
            }
            open.tasks = pieces.size();
            open.job = cluster.spark()
                    .parallelize(pieces, pieces.size())
                    .mapPartitions(new PartTask(cluster.job()))
                    .collectAsync();
            submitted.add(open);
            tasks += open.tasks;
        }
    }

    private static List<PartTask.Piece> missing(Open open) {
        List<PartTask.Piece> pieces = new ArrayList<>();
        for (int part = 0; part < open.work().parts(); part++) {
            if (!open.parts.containsKey(part)) {
                pieces.add(new PartTask.Piece(
                        open.placed.level(),
                        open.placed.weights(),
                        open.placed.recipe(),
                        open.work().folder(),
                        part));
            }
        }
        return pieces;
    }

    private Path local(PartedWork work, String name) {
        return cluster.directory().resolve(work.folder()).resolve(name);
    }

    private static String shared(PartedWork work, String name) {
        return work.folder() + "/" + name;
    }

    /** Whether work is whole in the directory; brings it there if it is whole in the shared store. */
    private boolean whole(PartedWork work) {
        boolean here = Files.exists(local(work, work.last()));
        if (here || !apart || !files.exists(shared(work, work.last()))) {
            return here;
        }
        Set<String> parts = new HashSet<>();
        for (int part = 0; part < work.parts(); part++) {
            parts.add(work.part(part));
        }
        List<String> names = new ArrayList<>(files.names(work.folder()));
        names.removeIf(name -> parts.contains(name) || name.equals(work.last()));
        names.add(work.last());
        AtomicFiles.makeDirectory(local(work, ""));
        for (String name : names) {
            Optional<byte[]> content = files.read(shared(work, name));
            if (content.isEmpty()) {
                return false;
            }
            AtomicFiles.write(local(work, name), content.get());
        }
        return true;
    }

    /** Takes the parts that are there: in the shared store, and in the directory of an interrupted command without a cluster. */
    private void take(Open open) {
        PartedWork work = open.work();
        Set<String> there = new HashSet<>(files.names(work.folder()));
        for (int part = 0; part < work.parts(); part++) {
            String name = work.part(part);
            int number = part;
            if (there.contains(name)) {
                files.read(shared(work, name)).ifPresent(content -> {
                    if (work.sound(number, content)) {
                        open.parts.put(number, content);
                    } else {
                        observer.warned(files.describe() + "/" + shared(work, name) + " is damaged; it is made again");
                        files.delete(shared(work, name));
                    }
                });
            } else if (apart && Files.exists(local(work, name))) {
                byte[] content = AtomicFiles.read(local(work, name));
                if (work.sound(part, content)) {
                    files.put(shared(work, name), content);
                    open.parts.put(part, content);
                }
            }
        }
    }

    /** Takes what finished jobs have made. */
    private void collect() {
        for (Open open : List.copyOf(submitted)) {
            if (!open.job.isDone()) {
                continue;
            }
            submitted.remove(open);
            try {
                open.job.get().forEach(made -> open.parts.put(made.part(), made.content()));
                finish(open);
            } catch (ExecutionException e) {
                throw cluster.failed(e, "what is made is kept");
            } catch (InterruptedException e) {
                cluster.stop();
            }
        }
    }

    /** Makes the whole of all parts, in the shared store and in the directory, and deletes the parts. */
    private void finish(Open open) {
        PartedWork work = open.work();
        Map<String, byte[]> made = work.finish(List.copyOf(open.parts.values()));
        made.forEach((name, content) -> files.put(shared(work, name), content));
        if (apart) {
            AtomicFiles.makeDirectory(local(work, ""));
            made.forEach((name, content) -> AtomicFiles.write(local(work, name), content));
        }
        for (int part = 0; part < work.parts(); part++) {
            String name = work.part(part);
            if (!made.isEmpty()) {
                files.delete(shared(work, name));
                AtomicFiles.delete(local(work, name));
            } else if (apart) { // parts that contradict each other stay as evidence
                AtomicFiles.write(local(work, name), Objects.requireNonNull(open.parts.get(part), name));
            }
        }
        observer.finished(work);
    }
}
