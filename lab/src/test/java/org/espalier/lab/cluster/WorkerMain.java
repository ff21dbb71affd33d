package org.espalier.lab.cluster;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.espalier.UserException;
import org.espalier.lab.runner.LevelWork;
import org.espalier.lab.runner.RunObserver;
import org.espalier.lab.runner.RunRequest;
import org.espalier.lab.runner.TinyData;
import org.espalier.lab.store.Store;

/** A worker in a process of its own, to be killed: STORE SCRATCH JOBS. */
final class WorkerMain {
    private WorkerMain() {}

    public static void main(String[] arguments) {
        try {
            System.out.println("ready");
            Path store = Path.of(arguments[0]);
            WorkOutcome outcome = worker(
                            store,
                            Path.of(arguments[1]),
                            Integer.parseInt(arguments[2]),
                            Duration.ofSeconds(1),
                            new RunObserver() {
                                @Override
                                public void started(LevelInWork level, int iteration) {
                                    System.out.println("started " + level.key() + " at " + iteration);
                                }
                            })
                    .run();
            System.exit(outcome.left());
        } catch (UserException e) {
            System.out.println(e.getMessage());
            System.exit(99);
        }
    }

    /** A worker on a store of {@link TinyData} that publishes checkpoints often. */
    static Worker worker(Path store, Path scratch, int jobs, Duration term, RunObserver observer) {
        return worker(store, new SharedFolder(store), scratch, jobs, term, observer);
    }

    /**
     * The same with a store elsewhere.
     *
     * @param plan a directory that holds the plan
     */
    static Worker worker(Path plan, SharedFiles files, Path scratch, int jobs, Duration term, RunObserver observer) {
        Store opened = Store.open(plan);
        var run = new RunRequest(
                opened.experiment(), scratch, jobs, Duration.ofMillis(15), "test", List.of("work", plan.toString()));
        LevelWork work = new LevelWork(run, TinyData.data());
        work.check(opened);
        return new Worker(
                new WorkRequest(run, scratch, term, Duration.ofMillis(20), false, false), work, files, observer);
    }
}
