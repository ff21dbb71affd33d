package org.espalier.lab.robustness;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.espalier.evaluate.rules.Assessment;
import org.espalier.evaluate.rules.Finding;
import org.espalier.evaluate.rules.Outcomes;
import org.espalier.evaluate.rules.Rule;
import org.espalier.evaluate.rules.Step;
import org.espalier.evaluate.rules.StepResult;
import org.espalier.evaluate.rules.Verdict;
import org.espalier.lab.experiment.Experiment.WeightChoice;
import org.espalier.lab.file.Json;

/** Writes {@code summary.json}: every figure and setting of an evaluation. */
final class SummaryJson {
    static final int FORMAT = 1;

    private SummaryJson() {}

    static byte[] encode(EvaluationRequest request, Assessment assessment, String examplesDigest) {
        Map<String, Object> file = new LinkedHashMap<>();
        file.put("format", FORMAT);
        file.put("id", request.id());
        file.put("ticket", ticket(request));
        file.put("suite", request.suite().name());
        file.put("notes", request.suite().notes());
        Map<String, Object> threat = EvaluationRequest.threatModel(request.threat());
        threat.put("box", List.of(0, 1));
        file.put("threat-model", threat);
        file.put("split", request.split().name());
        file.put("images", request.images());
        file.put("classes", assessment.classes());
        file.put("seed", request.seed());
        List<Finding> findings = findings(assessment);
        file.put("verdict", Verdict.worst(findings).toString());
        file.put("clean", proportion(assessment.clean()));
        file.put("robust", proportion(assessment.worst()));
        // From this evaluation alone. Other evaluations and certificates are added when it is read.
        file.put("lowest-known", proportion(assessment.interval().unbroken()));
        file.put("attacks", attacks(assessment));
        file.put("curve", curve(assessment));
        file.put("findings", findings.stream().map(SummaryJson::finding).toList());
        file.put("determined-by", request.determinedBy());
        file.put("files", Map.of(EvaluationDirectory.EXAMPLES, examplesDigest));
        return (Json.write(file) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** Certificates may be made later. They are compared when the evaluation is read. */
    private static List<Finding> findings(Assessment assessment) {
        return assessment.findings().stream()
                .filter(finding -> finding.rule() != Rule.CERTIFIED)
                .toList();
    }

    private static Map<String, Object> ticket(EvaluationRequest request) {
        Map<String, Object> ticket = new LinkedHashMap<>();
        ticket.put("file", String.valueOf(request.ticket().file().getFileName()));
        ticket.put("sha256", request.ticket().digest());
        ticket.put("density", request.ticket().density());
        ticket.put("dataset", request.set().name());
        request.ticket().place().ifPresent(place -> {
            ticket.put("level", place.key());
            ticket.put("weights", place.weights() == WeightChoice.FINAL ? "final" : "best-validation");
        });
        return ticket;
    }

    static Map<String, Object> proportion(Outcomes outcomes) {
        Proportion proportion = new Proportion(outcomes.count(), outcomes.inputs());
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("correct", proportion.correct());
        map.put("images", proportion.images());
        map.put("accuracy", proportion.accuracy());
        map.put("wilson-95", List.of(proportion.low(), proportion.high()));
        return map;
    }

    private static List<Object> attacks(Assessment assessment) {
        List<Object> attacks = new ArrayList<>();
        Outcomes left = assessment.clean();
        for (Step step : assessment.steps()) {
            StepResult result = assessment.results().step(step.name());
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("name", step.name());
            entry.put("purpose", step.purpose().toString());
            entry.put("attack", step.attack().name());
            entry.put("access", step.attack().access().toString());
            entry.put("threat-model", EvaluationRequest.threatModel(step.threat()));
            entry.put("settings", new TreeMap<>(step.attack().settings()));
            entry.put("saw", result.saw().cardinality());
            entry.put("broke", result.broken().cardinality());
            // The accuracy under an attack alone is unknown if it ran on survivors only.
            if (step.after().isEmpty()) {
                entry.put("accuracy-alone", assessment.under(step).accuracy());
            }
            if (step.purpose() == Step.Purpose.SUITE) {
                left = left.and(assessment.under(step));
                entry.put("accuracy-after", left.accuracy());
            }
            entry.put("forwards", result.forwards());
            entry.put("backwards", result.backwards());
            entry.put("zero-gradients", result.zeroGradients());
            entry.put("losses", means(result));
            if (step.attack().minimumNorm() && !result.saw().isEmpty()) {
                entry.put("distances", Distances.of(result.distances()).members());
            }
            if (step.attack().minimumNorm() && step.after().isEmpty()) {
                entry.put("security-curve", securityCurve(assessment, step, result));
            }
            attacks.add(entry);
        }
        return attacks;
    }

    private static List<Object> means(StepResult result) {
        double[] means = result.losses().clone();
        for (int i = 0; i < means.length; i++) {
            means[i] /= result.saw().cardinality();
        }
        return BatchFile.list(means);
    }

    /**
     * Accuracy by epsilon under a minimum-norm attack: images that are right, without an example within that distance.
     */
    private static List<Object> securityCurve(Assessment assessment, Step step, StepResult result) {
        List<Object> curve = new ArrayList<>();
        int steps = 20; // to twice the evaluation's epsilon
        for (int k = 0; k <= steps; k++) {
            // As written, in float32: a point at exactly that distance is in the ball.
            double epsilon = (float) (step.threat().epsilon() * 2.0 * k / steps);
            long right = result.saw().stream()
                    .filter(e -> result.distances()[e] > epsilon)
                    .count();
            curve.add(point(epsilon, (double) right / assessment.results().inputs()));
        }
        return curve;
    }

    private static List<Object> curve(Assessment assessment) {
        List<Object> curve = new ArrayList<>();
        assessment.curve().forEach((epsilon, outcomes) -> curve.add(point(epsilon, outcomes.accuracy())));
        return curve;
    }

    private static Map<String, Object> point(double epsilon, double accuracy) {
        Map<String, Object> point = new LinkedHashMap<>();
        point.put("epsilon", (float) epsilon);
        point.put("accuracy", accuracy);
        return point;
    }

    static Map<String, Object> finding(Finding finding) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("rule", finding.rule().id());
        map.put("verdict", finding.verdict().toString());
        map.put("statement", finding.rule().statement());
        map.put("found", finding.sentence());
        map.put("evidence", finding.evidence());
        return map;
    }
}
