package org.espalier.lab.store;

import java.util.Optional;
import org.espalier.UserException;
import org.espalier.lab.file.Json;
import tools.jackson.databind.JsonNode;

/**
 * Time spent on a level, one line of {@code timings.jsonl}.
 *
 * @param time UTC instant in ISO 8601
 * @param process number of the process that worked on the level
 * @param level key of the level
 * @param event {@code started}, {@code progress}, {@code stopped}, {@code finished} or {@code failed}
 * @param iteration updates done
 * @param of updates that the level will have
 * @param trainingSeconds spent training since the level's line before
 * @param evaluationSeconds spent measuring since the level's line before
 */
public record Timing(
        String time,
        long process,
        String level,
        String event,
        int iteration,
        int of,
        double trainingSeconds,
        double evaluationSeconds) {
    /** Reads one line; empty if it is incomplete, which a crash causes. */
    public static Optional<Timing> read(String text) {
        try {
            JsonNode line = Json.parse(text, Store.TIMINGS);
            return Optional.of(new Timing(
                    Json.string(line, "time", Store.TIMINGS),
                    Json.wide(line, "pid", Store.TIMINGS),
                    Json.string(line, "level", Store.TIMINGS),
                    Json.string(line, "event", Store.TIMINGS),
                    Json.whole(line, "iteration", Store.TIMINGS),
                    Json.whole(line, "of", Store.TIMINGS),
                    Json.number(line, "training-seconds", Store.TIMINGS),
                    Json.number(line, "evaluation-seconds", Store.TIMINGS)));
        } catch (UserException e) {
            return Optional.empty();
        }
    }
}
