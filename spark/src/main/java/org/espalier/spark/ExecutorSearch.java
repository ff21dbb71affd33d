package org.espalier.spark;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.spark.SparkFiles;
import org.espalier.UserException;
import org.espalier.cli.console.Version;
import org.espalier.data.DataProgress;
import org.espalier.data.DataSet;
import org.espalier.data.catalogue.DataSets;
import org.espalier.engine.KernelMode;
import org.espalier.lab.cluster.LevelTransfer;
import org.espalier.lab.cluster.SharedFiles;
import org.espalier.lab.cluster.WorkOutcome;
import org.espalier.lab.cluster.WorkRequest;
import org.espalier.lab.cluster.Worker;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.experiment.Experiment.WeightChoice;
import org.espalier.lab.file.Directories;
import org.espalier.lab.jobs.JobThreads;
import org.espalier.lab.jobs.PartedWork;
import org.espalier.lab.plan.Numerics;
import org.espalier.lab.runner.LevelWork;
import org.espalier.lab.runner.RunObserver;
import org.espalier.lab.runner.RunRequest;
import org.espalier.lab.store.Store;
import org.espalier.lab.store.StoreWriter;
import org.espalier.lab.store.StoredLevel;
import org.espalier.lab.tickets.Ticket;
import org.espalier.lab.tickets.TicketChoice;
import org.espalier.lab.tickets.TicketData;
import org.espalier.lab.tickets.TicketSplits;
import org.espalier.lab.tickets.Tickets;
import org.jspecify.annotations.Nullable;

/** A search on one executor: plan and data are read once for all tasks of the process. */
final class ExecutorSearch {
    private static final List<String> PLAN = List.of(Store.EXPERIMENT, Store.INDEX, "provenance.json");
    private static final int RECENT = 8; // works whose networks stay in memory
    private static final AtomicReference<@Nullable ExecutorSearch> CURRENT = new AtomicReference<>();

    private final SearchJob job;
    private final SharedFiles files;
    private final Path home;
    private final RunRequest run;
    private final LevelWork work;
    private final Map<String, DataSet> data;
    private final Map<String, TicketSplits> splits = new HashMap<>(); // by name; guarded by this
    private final Map<String, PartedWork> parted = new LinkedHashMap<>(); // the last ones, by folder; guarded by this
    private @Nullable StoreWriter tickets; // guarded by this

    /**
     * The search of a job in this process.
     *
     * @throws ChainFailure if this executor cannot take part: another version, no store, missing or different data
     */
    static ExecutorSearch of(SearchJob job) {
        synchronized (CURRENT) {
            ExecutorSearch current = CURRENT.get();
            if (current == null || !current.job.run().equals(job.run())) {
                try {
                    current = new ExecutorSearch(job);
                } catch (UserException e) {
                    throw new ChainFailure(e.getMessage());
                }
                CURRENT.set(current);
            }
            return current;
        }
    }

    private ExecutorSearch(SearchJob job) {
        this.job = job;
        if (!job.version().equals(Version.number()) || job.numerics() != Numerics.VERSION) {
            throw new UserException("executors have Espalier " + Version.number() + " with numerics version "
                    + Numerics.VERSION + ", expected the driver's " + job.version() + " with " + job.numerics()
                    + "; remove Espalier's jar from the cluster's class path");
        }
        this.files = Stores.open(Stores.address(job.store()), Stores.decode(job.hadoop()));
        this.home =
                folder(Path.of(SparkFiles.getRootDirectory()).toAbsolutePath().normalize());
        Store plan = plan();
        this.data = data(plan.experiment());
        this.run = new RunRequest(
                plan.experiment(),
                home,
                1,
                KernelMode.valueOf(job.kernels()),
                Duration.ofMillis(job.checkpointMillis()),
                job.version(),
                job.command());
        this.work = new LevelWork(run, data);
        work.check(plan);
    }

    private static Path folder(Path parent) {
        try {
            Path folder = Files.createTempDirectory(parent, "espalier-");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> Directories.discard(folder)));
            return folder;
        } catch (IOException e) {
            throw new UserException("no folder can be made in " + parent + ": " + OneLine.reason(e), e);
        }
    }

    private Store plan() {
        Path plan = home.resolve("plan");
        for (String name : PLAN) {
            if (!files.fetch(name, plan.resolve(name))) {
                throw new UserException("executors do not see " + files.describe() + "/" + name
                        + ", which the driver has written; expected a folder that all machines mount, or choose"
                        + " another store with --store");
            }
        }
        return Store.open(plan);
    }

    private Map<String, DataSet> data(Experiment experiment) {
        Map<String, DataSet> data = new LinkedHashMap<>();
        for (Experiment.DataSource source : experiment.data().sets()) {
            String name = source.name();
            String archive = job.archives().get(name);
            String own = job.folders().get(name);
            Optional<Path> folder = Optional.empty();
            if (archive != null) {
                Path unpacked = home.resolve("data-" + name);
                ShippedData.unpack(Path.of(SparkFiles.get(archive)), unpacked);
                folder = Optional.of(unpacked);
            } else if (own != null) {
                folder = Optional.of(Path.of(own));
            }
            data.put(
                    name,
                    DataSets.standard()
                            .findHere(name, folder, DataProgress.NONE)
                            .dataSet());
        }
        return data;
    }

    /**
     * Trains the levels of a chain that are missing, and any damaged level before it.
     *
     * @param again whether an earlier attempt at this chain failed: Spark knows that it is over, so its leases are not waited
     *     for. Where it is not over after all, both write the same bytes
     * @throws ChainFailure if it fails or is stopped
     */
    ChainReport train(Chain chain, boolean again) {
        if (again) {
            chain.keys().forEach(key -> files.delete("cluster/leases/" + key + ".json"));
        }
        Path scratch = folder(home);
        List<String> warnings = new CopyOnWriteArrayList<>();
        Duration term = Duration.ofMillis(job.leaseMillis());
        try {
            Set<String> keys = new HashSet<>(chain.keys());
            keys.addAll(chain.before());
            Worker worker = new Worker(
                    new WorkRequest(run, scratch, term, Worker.usualPoll(term), false, false),
                    work.part(keys),
                    files,
                    new RunObserver() {
                        @Override
                        public void warned(String sentence) {
                            warnings.add(sentence);
                        }
                    });
            WorkOutcome outcome = onThread("espalier-chain", worker::run, worker::stop);
            if (outcome.stopped()) {
                throw new ChainFailure("the task was stopped");
            }
            return new ChainReport(host(), chain, warnings);
        } catch (UserException e) {
            throw new ChainFailure(e.getMessage());
        } finally {
            Directories.discard(scratch);
        }
    }

    /**
     * Makes a part of an evaluation or a certificate and publishes it, unless an earlier attempt has.
     *
     * @throws ChainFailure if it fails or is stopped
     */
    PartTask.Made make(PartTask.Piece piece) {
        try {
            PartedWork whole = parted(piece);
            String name = piece.folder() + "/" + whole.part(piece.part());
            Optional<byte[]> there = files.read(name).filter(content -> whole.sound(piece.part(), content));
            if (there.isPresent()) {
                return new PartTask.Made(piece.part(), there.get());
            }
            AtomicBoolean stop = new AtomicBoolean();
            byte[] content = onThread(
                            "espalier-part", () -> whole.maker().make(piece.part(), stop::get), () -> stop.set(true))
                    .orElseThrow(() -> new ChainFailure("the task was stopped"));
            files.put(name, content);
            if (files.exists(piece.folder() + "/" + whole.last())) {
                files.delete(name); // the driver has taken this executor for lost, and the work is whole by now
            }
            return new PartTask.Made(piece.part(), content);
        } catch (UserException e) {
            throw new ChainFailure(e.getMessage());
        }
    }

    /** The work of a piece. Fetches its ticket. */
    private synchronized PartedWork parted(PartTask.Piece piece) {
        PartedWork before = parted.get(piece.folder());
        if (before != null) {
            return before;
        }
        Path root = home.resolve("tickets");
        if (tickets == null) {
            tickets = work.open(root);
        }
        String file = StoredLevel.fileOf(piece.weights() == WeightChoice.BEST_VALIDATION);
        LevelTransfer.fetchNetwork(files, piece.level(), file, tickets).ifPresent(damage -> {
            throw new UserException(damage);
        });
        Ticket ticket = Tickets.at(
                        tickets.level(piece.level()).directory(),
                        TicketChoice.none(piece.weights()),
                        TicketData.assumed("", Optional.empty()))
                .getFirst();
        TicketSplits.Part part = splits.computeIfAbsent(
                        piece.recipe().split(),
                        name -> new TicketSplits(
                                name, wanted -> Objects.requireNonNull(data.get(wanted.name()), wanted.name())))
                .of(ticket);
        PartedWork made = piece.recipe().work(ticket, part.set(), part.split(), root.toAbsolutePath());
        if (!made.folder().equals(piece.folder())) {
            throw new UserException("executors would make " + made.folder() + ", expected " + piece.folder()
                    + ": the file of the suite, or a network that it names, differs there");
        }
        if (parted.size() >= RECENT) {
            parted.remove(parted.keySet().iterator().next());
        }
        parted.put(piece.folder(), made);
        return made;
    }

    /** Runs work on a thread of its own: Spark stops tasks by interrupts, which would break its last writes. */
    private static <T> T onThread(String name, Callable<T> task, Runnable stop) {
        FutureTask<T> outcome = new FutureTask<>(task);
        JobThreads.join(Thread.ofPlatform().name(name).start(outcome), stop);
        if (outcome.state() == Future.State.SUCCESS) {
            return outcome.resultNow();
        }
        switch (outcome.exceptionNow()) {
            case RuntimeException unchecked -> throw unchecked;
            case Error error -> throw error;
            case Throwable other -> throw new IllegalStateException(other);
        }
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown";
        }
    }
}
