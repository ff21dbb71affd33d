package org.espalier.lab.runner;

import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.espalier.UserException;
import org.espalier.data.DataSet;
import org.espalier.data.Splits;
import org.espalier.lab.jobs.JobQueue;
import org.espalier.lab.plan.Plan;
import org.espalier.lab.plan.Task;
import org.espalier.lab.store.Store;
import org.espalier.lab.store.StoreWriter;

/** Trains single levels of a planned search, for all that choose them and store them. Safe for several threads. */
public final class LevelWork {
    private final RunRequest request;
    private final Map<String, DataSet> data;
    private final Plan plan;
    private final Map<String, Splits> splits;

    /**
     * Plans a search.
     *
     * @param data the experiment's data sets by name
     * @throws UserException if settings do not fit the data
     */
    public LevelWork(RunRequest request, Map<String, DataSet> data) {
        this(
                request,
                data,
                new Plan(request.experiment(), data, request.start()),
                LevelTrainer.splits(request.experiment(), data));
    }

    private LevelWork(RunRequest request, Map<String, DataSet> data, Plan plan, Map<String, Splits> splits) {
        this.request = request;
        this.data = data;
        this.plan = plan;
        this.splits = splits;
    }

    /**
     * The same search with some of its levels only.
     *
     * @param keys of these levels; each level's parent is among them
     */
    public LevelWork part(Set<String> keys) {
        return new LevelWork(request, data, plan.part(keys), splits);
    }

    public Plan plan() {
        return plan;
    }

    Map<String, DataSet> data() {
        return data;
    }

    /** By data set. */
    Map<String, Splits> splits() {
        return splits;
    }

    /**
     * Checks that a store holds this search, planned with the same data and numerics.
     *
     * @throws UserException naming the difference
     */
    public void check(Store store) {
        StoreWriter.checkPlanned(store, request.experiment(), plan.trials(), Runner.provenance(request, data));
    }

    /** Opens a directory of this process for some levels of the search; to be closed. */
    public StoreWriter open(Path directory) {
        return StoreWriter.open(directory, request.experiment(), plan.trials(), Runner.provenance(request, data));
    }

    /**
     * Trains a level, or the missing part of it. The levels that it starts from are in the store.
     *
     * @param stop checked before every update
     */
    public JobQueue.End train(Task task, StoreWriter store, RunObserver observer, BooleanSupplier stop) {
        String set = task.trial().dataset();
        return new LevelTrainer(
                        request,
                        plan,
                        task,
                        Objects.requireNonNull(data.get(set), set),
                        Objects.requireNonNull(splits.get(set), set),
                        store,
                        observer,
                        stop)
                .run();
    }
}
