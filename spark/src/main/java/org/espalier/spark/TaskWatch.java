package org.espalier.spark;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.spark.ExceptionFailure;
import org.apache.spark.ExecutorLostFailure;
import org.apache.spark.TaskEndReason;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorAdded;
import org.apache.spark.scheduler.SparkListenerExecutorExcluded;
import org.apache.spark.scheduler.SparkListenerNodeExcluded;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;

/** Follows tasks and executors, and tells the user of failures, a sentence each. Spark calls it on one thread. */
final class TaskWatch extends SparkListener {
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger executors = new AtomicInteger();
    private final Set<String> told = new HashSet<>();
    private volatile Consumer<String> user = _ -> {};
    private volatile String last = "";
    private volatile boolean quiet;

    /** Whom to tell. */
    void tell(Consumer<String> listener) {
        user = listener;
    }

    /** From now on tasks fail because they are stopped. */
    void silence() {
        quiet = true;
    }

    /** Tasks that run now, as far as the driver knows. */
    int running() {
        return running.get();
    }

    /** Executors that came so far. */
    int executors() {
        return executors.get();
    }

    /** Why a task failed last. */
    Optional<String> failure() {
        return Optional.of(last).filter(sentence -> !sentence.isEmpty());
    }

    @Override
    public void onExecutorAdded(SparkListenerExecutorAdded event) {
        executors.incrementAndGet();
    }

    @Override
    public void onTaskStart(SparkListenerTaskStart event) {
        running.incrementAndGet();
    }

    @Override
    public void onTaskEnd(SparkListenerTaskEnd event) {
        running.decrementAndGet();
        TaskEndReason reason = event.reason();
        if (quiet) {
            return;
        }
        String host = event.taskInfo().host();
        if (reason instanceof ExceptionFailure failure) {
            last = OneLine.ofTask(host, failure.className(), String.valueOf(failure.description()));
            if (told.add(last)) { // all executors of a host say the same
                user.accept(last + "; the task is tried again");
            }
        } else if (reason instanceof ExecutorLostFailure lost) {
            String why = lost.reason().isDefined()
                    ? OneLine.reason(new IllegalStateException(lost.reason().get()))
                    : "";
            last = "executor " + lost.execId() + " on " + host + " was lost" + (why.isEmpty() ? "" : ": " + why);
            user.accept(last + "; its work continues elsewhere from the last checkpoint");
        }
    }

    @Override
    public void onExecutorExcluded(SparkListenerExecutorExcluded event) {
        user.accept(
                "executor " + event.executorId() + " gets no more tasks: " + event.taskFailures() + " failed there");
    }

    @Override
    public void onNodeExcluded(SparkListenerNodeExcluded event) {
        user.accept("host " + event.hostId() + " gets no more tasks: " + event.executorFailures()
                + " of its executors failed");
    }
}
