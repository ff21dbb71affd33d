package org.espalier.lab.store;

/**
 * Time spent on a level, one line of {@code timings.jsonl}.
 *
 * @param time UTC instant in ISO 8601
 * @param level key of the level
 * @param event {@code started}, {@code progress}, {@code stopped}, {@code finished} or {@code failed}
 * @param iteration updates done
 * @param of updates that the level will have
 * @param trainingSeconds spent training since the level's line before
 * @param evaluationSeconds spent measuring since the level's line before
 */
public record Timing(
        String time,
        String level,
        String event,
        int iteration,
        int of,
        double trainingSeconds,
        double evaluationSeconds) {}
