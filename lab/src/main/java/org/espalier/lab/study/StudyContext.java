package org.espalier.lab.study;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.espalier.UserException;
import org.espalier.UserPath;
import org.espalier.data.DataSet;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.engine.KernelMode;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.file.AtomicFiles;
import org.espalier.lab.store.NetworkFile;
import org.espalier.lab.store.Store;
import org.espalier.lab.store.StoredNetwork;
import org.espalier.lab.store.StoredTrial;
import org.espalier.network.Architecture;
import org.espalier.setting.Plugins;
import org.espalier.train.DivergedException;
import org.jspecify.annotations.Nullable;

/** What a study works with: the search, its data, engines, threads, and a place for networks that took long. */
public final class StudyContext {
    private final Optional<Store> store;
    private final Path parts;
    private final int jobs;
    private final KernelMode kernels;
    private final Data data;
    private final Consumer<String> progress;

    /** Finds data sets. */
    @FunctionalInterface
    public interface Data {
        /**
         * Loads a data set.
         *
         * @param directory with its files; empty for a known one
         */
        DataSet load(String name, Optional<Path> directory);
    }

    /**
     * A context.
     *
     * @param store the search; empty for studies that need none
     * @param parts directory of unfinished work; made when it is wanted
     * @param jobs threads, at least 1
     * @param progress receives a line at a time; called by one thread at a time
     */
    public StudyContext(
            Optional<Store> store, Path parts, int jobs, KernelMode kernels, Data data, Consumer<String> progress) {
        this.store = store;
        this.parts = parts;
        this.jobs = jobs;
        this.kernels = kernels;
        this.data = data;
        this.progress = progress;
    }

    /** The search. */
    public Store store() {
        return store.orElseThrow(() -> new UserException("the study has no search, expected the directory of one"));
    }

    /** A known data set. */
    public DataSet data(String name) {
        return data.load(name, Optional.empty());
    }

    /**
     * The data set of a search's trial.
     *
     * @throws UserException if it is not what the search was trained on
     */
    DataSet dataOf(StoredTrial trial) {
        Experiment.DataSource source = store().experiment().data().sets().stream()
                .filter(set -> set.name().equals(trial.id().dataset()))
                .findFirst()
                .orElseThrow();
        DataSet set =
                data.load(source.name(), source.directory().map(text -> UserPath.of(text, "data.sets directory")));
        store().level(trial.levels().getFirst())
                .dataDigest()
                .filter(expected -> !expected.equals(set.digest()))
                .ifPresent(expected -> {
                    throw new UserException("data set " + set.name() + " has SHA-256 " + set.digest() + ", expected "
                            + expected + ", which the search was trained on");
                });
        return set;
    }

    /** A new engine with the kernels that the user chose. */
    public Engine engine(Architecture architecture) {
        return Engines.create(architecture, kernels);
    }

    /** Tells the user how far the study is. */
    public synchronized void say(String line) {
        progress.accept(line);
    }

    /** {@link #all(List)} of tasks that differ in their number, from 0. */
    public <T> List<T> all(int tasks, IntFunction<T> task) {
        return all(IntStream.range(0, tasks)
                .mapToObj(number -> (Callable<T>) () -> task.apply(number))
                .toList());
    }

    /**
     * The results of tasks, in their order. They run on as many threads as there are jobs.
     *
     * @throws UserException if one of them does, or a training diverges
     */
    public <T> List<T> all(List<Callable<T>> tasks) {
        // Plug-ins are looked up once before threads start, so that a damaged one is told of here.
        Plugins.services(StudyKind.class);
        try (ExecutorService threads = Executors.newFixedThreadPool(Math.max(1, Math.min(jobs, tasks.size())))) {
            List<Future<T>> futures = tasks.stream().map(threads::submit).toList();
            List<T> results = new ArrayList<>();
            try {
                for (Future<T> future : futures) {
                    results.add(future.get());
                }
            } catch (ExecutionException e) {
                futures.forEach(future -> future.cancel(true));
                throw failure(Objects.requireNonNull(e.getCause()));
            } catch (InterruptedException e) {
                futures.forEach(future -> future.cancel(true));
                Thread.currentThread().interrupt();
                throw new UserException("the study was interrupted; the same command continues it", e);
            }
            return results;
        }
    }

    private static RuntimeException failure(@Nullable Throwable cause) {
        return switch (cause) {
            case null -> new IllegalStateException("a task of the study failed");
            case DivergedException diverged ->
                new UserException("training in the study diverged: " + diverged.getMessage(), diverged);
            case RuntimeException failure -> failure;
            case Error error -> throw error;
            default -> new IllegalStateException(cause);
        };
    }

    /**
     * A network that takes long: read from an earlier, interrupted run of the same study, or made and kept.
     *
     * @param name letters, digits and hyphens; names it within the study
     */
    public StoredNetwork network(String name, Supplier<StoredNetwork> made) {
        Path file = parts.resolve(name + ".safetensors");
        if (Files.exists(file)) {
            return NetworkFile.read(file).network();
        }
        StoredNetwork network = made.get();
        AtomicFiles.makeDirectory(parts);
        NetworkFile.write(file, network.weights(), network.mask());
        return network;
    }

    /**
     * Numbers that take long: read from an earlier, interrupted run of the same study, or made and kept with all their bits.
     *
     * @param name letters, digits and hyphens; names them within the study
     * @throws UserException if the file is damaged
     */
    public double[] numbers(String name, Supplier<double[]> made) {
        Path file = parts.resolve(name + ".doubles");
        if (Files.exists(file)) {
            byte[] content = AtomicFiles.read(file);
            if (content.length % Double.BYTES != 0) {
                throw new UserException(file + " is damaged: it has " + content.length
                        + " bytes, expected a multiple of " + Double.BYTES);
            }
            double[] read = new double[content.length / Double.BYTES];
            ByteBuffer.wrap(content).asDoubleBuffer().get(read);
            return read;
        }
        double[] numbers = made.get();
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(numbers.length, Double.BYTES));
        bytes.asDoubleBuffer().put(numbers);
        AtomicFiles.makeDirectory(parts);
        AtomicFiles.write(file, bytes.array());
        return numbers;
    }

    /**
     * The trial of a search that a study is about, by default the first.
     *
     * @param trial from 1
     * @throws UserException if there is none
     */
    public StudiedTrial trial(
            Optional<String> dataset, Optional<String> objective, Optional<String> strategy, int trial) {
        return trials(dataset, objective, strategy).stream()
                .filter(each -> each.trial().id().trial() == trial)
                .findFirst()
                .orElseThrow(() -> new UserException("trial is " + trial + ", expected one of the "
                        + store().experiment().trials() + " trials of " + store().directory()));
    }

    /**
     * All trials of one data set, objective and strategy, by default the first of each.
     *
     * @throws UserException if there are none
     */
    public List<StudiedTrial> trials(Optional<String> dataset, Optional<String> objective, Optional<String> strategy) {
        Experiment experiment = store().experiment();
        String set = dataset.orElse(experiment.data().sets().getFirst().name());
        String trained = objective.orElse(experiment.objectives().getFirst().name());
        String restart = strategy.orElse(experiment.strategies().getFirst());
        List<StoredTrial> found = store().trials().stream()
                .filter(trial -> trial.id().dataset().equals(set)
                        && trial.id().objective().equals(trained)
                        && trial.id().strategy().equals(restart))
                .toList();
        if (found.isEmpty()) {
            throw new UserException(store().directory() + " has no trial of data set " + set + ", objective " + trained
                    + " and strategy " + restart);
        }
        DataSet loaded = dataOf(found.getFirst());
        return found.stream()
                .map(trial -> StudiedTrial.of(store(), trial, loaded))
                .toList();
    }
}
