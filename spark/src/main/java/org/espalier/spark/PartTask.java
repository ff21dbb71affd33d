package org.espalier.spark;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.espalier.lab.experiment.Experiment.WeightChoice;
import org.espalier.lab.tickets.PartRecipe;

/** A task on an executor: makes its parts of evaluations or certificates, of which it has one. */
final class PartTask implements FlatMapFunction<Iterator<PartTask.Piece>, PartTask.Made> {
    private static final long serialVersionUID = 1L;

    private final Broadcast<SearchJob> job;

    /**
     * A part of an evaluation or a certificate.
     *
     * @param level key of the level
     * @param weights which of its weights
     * @param recipe what makes the work
     * @param folder the work's folder on the driver
     * @param part from 0 on
     */
    record Piece(String level, WeightChoice weights, PartRecipe recipe, String folder, int part)
            implements Serializable {}

    /**
     * A part that is made.
     *
     * @param part from 0 on
     * @param content of its file
     */
    record Made(int part, byte[] content) implements Serializable {}

    PartTask(Broadcast<SearchJob> job) {
        this.job = job;
    }

    @Override
    public Iterator<Made> call(Iterator<Piece> pieces) {
        ExecutorSearch search = ExecutorSearch.of(job.value());
        List<Made> made = new ArrayList<>();
        while (pieces.hasNext()) {
            made.add(search.make(pieces.next()));
        }
        return made.iterator();
    }
}
