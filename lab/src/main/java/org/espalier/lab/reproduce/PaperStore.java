package org.espalier.lab.reproduce;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.experiment.ExperimentFile;
import org.espalier.lab.store.LevelState;
import org.espalier.lab.store.Store;
import org.espalier.lab.store.StoredTrial;

/**
 * The store of one data set and kind of training under one setting. All strategies lie in it, so that they share the dense
 * level. It is an ordinary store and grows by strategies and trials as they are asked for. A grid has the same number of trials
 * for all strategies: trials that were not asked for stay untrained.
 *
 * @param directory the store's
 * @param first any part of it
 */
public record PaperStore(Path directory, PaperPart first) {
    /**
     * The store of a part.
     *
     * @param home folder of all stores of the reproduction
     */
    public static PaperStore of(Path home, PaperPart part) {
        return new PaperStore(
                home.resolve(part.store()), new PaperPart(part.setting(), part.dataset(), part.training(), "original"));
    }

    /** The store, if anything was run. */
    public Optional<Store> open() {
        return Files.exists(directory.resolve(Store.INDEX)) ? Optional.of(Store.open(directory)) : Optional.empty();
    }

    /**
     * The experiment of the strategies and trials that are asked for and of all that are stored.
     *
     * @param strategies as the paper names them
     */
    public Experiment experiment(Collection<String> strategies, int trials) {
        Optional<Experiment> stored = open().map(Store::experiment);
        int most = Math.max(trials, stored.map(Experiment::trials).orElse(0));
        List<String> restarts = PaperPart.STRATEGIES.stream()
                .filter(strategy -> strategies.contains(strategy)
                        || stored.filter(experiment -> experiment
                                        .strategies()
                                        .contains(part(strategy).restart()))
                                .isPresent())
                .map(strategy -> part(strategy).restart())
                .toList();
        return ExperimentFile.read(
                first.setting().preset(),
                List.of(
                        "name=" + first.store(),
                        "trials=" + most,
                        "data.sets=[" + first.dataset() + "]",
                        "objectives=[" + first.training() + "]",
                        "evaluation.attacks=[" + String.join(", ", first.attacks()) + "]",
                        "strategies=[" + String.join(", ", restarts) + "]"));
    }

    /** The part of this store with a strategy. */
    public PaperPart part(String strategy) {
        return new PaperPart(first.setting(), first.dataset(), first.training(), strategy);
    }

    /**
     * How far a part is.
     *
     * @param trials trials asked for
     */
    public Progress progress(PaperPart part, int trials) {
        Optional<Store> store = open();
        int levels = 1
                + store.map(Store::experiment)
                        .orElseGet(() -> experiment(List.of(part.strategy()), 1))
                        .pruning()
                        .levels();
        List<StoredTrial> stored = store.stream()
                .flatMap(s -> s.trials().stream())
                .filter(trial -> trial.id().strategy().equals(part.restart())
                        && trial.id().trial() <= trials)
                .toList();
        int done = 0;
        int whole = 0;
        for (StoredTrial trial : stored) {
            long trained = trial.levels().stream()
                    .filter(key -> store.orElseThrow().level(key).state() == LevelState.DONE)
                    .count();
            done += (int) trained;
            whole += trained == trial.levels().size() ? 1 : 0;
        }
        return new Progress(
                part,
                done,
                (long) levels * trials,
                whole,
                trials,
                store.flatMap(Store::running).isPresent());
    }

    /**
     * How far a part is.
     *
     * @param levels trained levels, of {@code of}; the dense level of a trial counts for each strategy
     * @param trials finished trials, of {@code ofTrials}
     * @param running whether a process works on its store now
     */
    public record Progress(PaperPart part, int levels, long of, int trials, int ofTrials, boolean running) {}
}
