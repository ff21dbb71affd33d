package org.espalier.lab.store;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.espalier.UserException;
import org.espalier.evaluate.Measurement;
import tools.jackson.databind.JsonNode;

/** Measurements as JSON lines. */
final class MetricsLines {
    private MetricsLines() {}

    /** One line with its line feed. */
    static String line(Measurement measurement) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("iteration", measurement.iteration());
        line.put("split", measurement.split());
        line.put("attack", measurement.attack());
        line.put("correct", measurement.correct());
        line.put("examples", measurement.examples());
        line.put("accuracy", measurement.accuracy());
        line.put("loss", measurement.loss());
        return Json.write(line) + "\n";
    }

    /** All whole lines; what follows the last line feed is still being written. */
    static List<Measurement> parse(byte[] content, String file) {
        List<Measurement> measurements = new ArrayList<>();
        int start = 0;
        for (int end = 0; end < content.length; end++) {
            if (content[end] == '\n') {
                String source = file + ", line " + (measurements.size() + 1) + ",";
                JsonNode line = Json.parse(new String(content, start, end - start, StandardCharsets.UTF_8), source);
                Measurement measurement = new Measurement(
                        Json.whole(line, "iteration", source),
                        Json.string(line, "split", source),
                        Json.string(line, "attack", source),
                        Json.whole(line, "correct", source),
                        Json.whole(line, "examples", source),
                        Json.number(line, "loss", source));
                if (measurement.correct() < 0 || measurement.correct() > measurement.examples()) {
                    throw new UserException(
                            source + " is damaged: " + measurement.correct() + " correct of " + measurement.examples());
                }
                measurements.add(measurement);
                start = end + 1;
            }
        }
        return List.copyOf(measurements);
    }
}
