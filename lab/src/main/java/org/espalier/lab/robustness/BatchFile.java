package org.espalier.lab.robustness;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.espalier.UserException;
import org.espalier.evaluate.rules.Batch;
import org.espalier.evaluate.rules.Rules;
import org.espalier.evaluate.rules.StepResult;
import org.espalier.lab.file.Json;
import tools.jackson.databind.JsonNode;

/** A finished batch of an evaluation, as JSON, so that an interrupted evaluation continues after it. */
final class BatchFile {
    private static final char UNSEEN = '.';
    private static final char BROKEN = '1';
    private static final char WITHSTOOD = '0';

    private BatchFile() {}

    static byte[] encode(Batch batch, int first) {
        Map<String, Object> file = new LinkedHashMap<>();
        file.put("first", first);
        file.put("labels", list(batch.labels()));
        file.put("predictions", list(batch.predictions()));
        List<Object> steps = new ArrayList<>();
        for (StepResult step : batch.steps()) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("step", step.name());
            entry.put("outcomes", outcomes(step, batch.inputs()));
            entry.put(
                    "distances",
                    step.saw().stream()
                            .mapToObj(e -> (Object) step.distances()[e])
                            .toList());
            entry.put("forwards", step.forwards());
            entry.put("backwards", step.backwards());
            entry.put("zero-gradients", step.zeroGradients());
            entry.put("outside-ball", step.excess().outsideBall());
            entry.put("outside-box", step.excess().outsideBox());
            entry.put("losses", list(step.losses()));
            steps.add(entry);
        }
        file.put("steps", steps);
        return (Json.write(file) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private static String outcomes(StepResult step, int inputs) {
        StringBuilder text = new StringBuilder();
        for (int e = 0; e < inputs; e++) {
            text.append(!step.saw().get(e) ? UNSEEN : step.broken().get(e) ? BROKEN : WITHSTOOD);
        }
        return text.toString();
    }

    private static List<Object> list(int[] values) {
        List<Object> list = new ArrayList<>();
        for (int value : values) {
            list.add(value);
        }
        return list;
    }

    static List<Object> list(double[] values) {
        List<Object> list = new ArrayList<>();
        for (double value : values) {
            list.add(value);
        }
        return list;
    }

    /**
     * Reads a batch.
     *
     * @throws UserException if it is damaged
     */
    static Batch decode(byte[] content, String source, int first, int inputs, List<String> names) {
        JsonNode file = Json.parse(content, source);
        int[] labels = Json.wholes(file, "labels", source);
        int[] predictions = Json.wholes(file, "predictions", source);
        if (Json.whole(file, "first", source) != first
                || labels.length != inputs
                || predictions.length != inputs
                || Json.list(file, "steps", source).size() != names.size()) {
            throw new UserException(source + " is damaged: it is another batch's");
        }
        List<StepResult> steps = new ArrayList<>();
        for (int s = 0; s < names.size(); s++) {
            steps.add(step(file.path("steps").path(s), names.get(s), inputs, source));
        }
        return new Batch(labels, predictions, steps);
    }

    private static StepResult step(JsonNode entry, String name, int inputs, String source) {
        String outcomes = Json.string(entry, "outcomes", source);
        if (!Json.string(entry, "step", source).equals(name) || outcomes.length() != inputs) {
            throw new UserException(source + " is damaged: it is another batch's");
        }
        BitSet saw = new BitSet();
        BitSet broken = new BitSet();
        double[] distances = new double[inputs];
        java.util.Arrays.fill(distances, Double.NaN);
        List<Double> found = Json.doubles(entry, "distances", source);
        int seen = 0;
        for (int e = 0; e < inputs; e++) {
            if (outcomes.charAt(e) != UNSEEN) {
                saw.set(e);
                broken.set(e, outcomes.charAt(e) == BROKEN);
                double distance = seen < found.size() ? found.get(seen) : Double.NaN;
                seen++;
                distances[e] = Double.isNaN(distance) ? Double.POSITIVE_INFINITY : distance;
            }
        }
        if (seen != found.size()) {
            throw new UserException(source + " is damaged: " + found.size() + " distances, expected " + seen);
        }
        return new StepResult(
                name,
                saw,
                broken,
                distances,
                Json.wide(entry, "forwards", source),
                Json.wide(entry, "backwards", source),
                Json.whole(entry, "zero-gradients", source),
                new Rules.Excess(
                        name, Json.number(entry, "outside-ball", source), Json.number(entry, "outside-box", source)),
                Json.doubles(entry, "losses", source).stream()
                        .mapToDouble(Double::doubleValue)
                        .toArray());
    }
}
