package org.espalier.spark;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;

/** A task on an executor: trains its chains, of which it has one. */
final class ChainTask implements FlatMapFunction<Iterator<Chain>, ChainReport> {
    private static final long serialVersionUID = 1L;

    private final Broadcast<SearchJob> job;

    ChainTask(Broadcast<SearchJob> job) {
        this.job = job;
    }

    @Override
    public Iterator<ChainReport> call(Iterator<Chain> chains) {
        ExecutorSearch search = ExecutorSearch.of(job.value());
        boolean again = TaskContext.get().attemptNumber() > 0;
        List<ChainReport> reports = new ArrayList<>();
        while (chains.hasNext()) {
            reports.add(search.train(chains.next(), again));
        }
        return reports.iterator();
    }
}
