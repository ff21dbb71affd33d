package org.espalier.lab.robustness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.espalier.UserException;
import org.espalier.attack.Norm;
import org.espalier.attack.ThreatModel;
import org.espalier.evaluate.rules.Finding;
import org.espalier.evaluate.rules.RobustInterval;
import org.espalier.evaluate.rules.Rule;
import org.espalier.evaluate.rules.Rules;
import org.espalier.evaluate.rules.Verdict;
import org.espalier.lab.certification.Certification;
import org.espalier.lab.certification.StoredCertifications;
import org.espalier.lab.file.AtomicFiles;
import org.espalier.lab.file.Directories;
import org.espalier.lab.file.Json;
import org.espalier.lab.store.Store;
import org.espalier.lab.store.StoreWriter;
import org.espalier.lab.tickets.Ticket;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads whole evaluations and skips unfinished ones. */
public final class StoredEvaluations {
    private StoredEvaluations() {}

    /**
     * All evaluations of a level that can be read, in the order of their names.
     *
     * @param certificates of the level, for the comparison
     * @param damaged receives a message with the file for each that cannot
     */
    public static List<StoredEvaluation> of(
            Store store, String level, List<Certification> certificates, Consumer<UserException> damaged) {
        List<Raw> raw = new ArrayList<>();
        for (Path evaluation : directories(results(store, level), damaged)) {
            if (Files.exists(evaluation.resolve(EvaluationDirectory.SUMMARY))) {
                try {
                    raw.add(raw(evaluation));
                } catch (UserException e) {
                    damaged.accept(e);
                }
            }
        }
        List<StoredEvaluation> evaluations = new ArrayList<>();
        List<KnownResults.Attacked> all = new ArrayList<>();
        raw.forEach(each -> all.add(each.attacked()));
        all.addAll(StoredChecks.in(results(store, level), damaged));
        for (Raw each : raw) {
            try {
                evaluations.add(each.whole(all, certificates));
            } catch (UserException e) {
                damaged.accept(e);
            }
        }
        return evaluations;
    }

    /**
     * Evaluations of a ticket's weights in one ball, from its directory of results, compared with each other and with its
     * certificates.
     *
     * @throws UserException if one of them is damaged
     */
    public static List<StoredEvaluation> of(Ticket ticket, ThreatModel threat) {
        return of(ticket).stream().filter(each -> each.threat().equals(threat)).toList();
    }

    /**
     * The same in all balls.
     *
     * @throws UserException if one of them is damaged
     */
    public static List<StoredEvaluation> of(Ticket ticket) {
        List<Raw> raw = new ArrayList<>();
        for (Path each : directories(ticket.results(), problem -> {
            throw problem;
        })) {
            if (Files.exists(each.resolve(EvaluationDirectory.SUMMARY))) {
                raw.add(raw(each));
            }
        }
        List<KnownResults.Attacked> all = new ArrayList<>();
        raw.forEach(each -> all.add(each.attacked()));
        all.addAll(StoredChecks.in(ticket.results(), problem -> {
            throw problem;
        }));
        List<Certification> certificates = StoredCertifications.in(ticket.certificates());
        return raw.stream()
                .filter(each -> each.attacked().subject().network().equals(ticket.digest()))
                .map(each -> each.whole(all, certificates))
                .toList();
    }

    /** How many evaluations of a level are begun and not whole: evaluating continues them. */
    public static int unfinished(Store store, String level) {
        return (int) directories(results(store, level), _ -> {}).stream()
                .filter(each -> !Files.exists(each.resolve(EvaluationDirectory.SUMMARY)))
                .filter(each -> !each.endsWith(StoredChecks.DIRECTORY))
                .count();
    }

    private static Path results(Store store, String level) {
        return store.directory().resolve(Ticket.EVALUATIONS).resolve(level);
    }

    private static List<Path> directories(Path parent, Consumer<UserException> damaged) {
        List<Path> directories = new ArrayList<>();
        if (Files.isDirectory(parent)) {
            try {
                Directories.list(parent).stream().filter(Files::isDirectory).forEach(directories::add);
            } catch (IOException e) {
                damaged.accept(new UserException(parent + " cannot be read: " + e.getMessage(), e));
            }
        }
        return directories;
    }

    /**
     * One evaluation, compared with the evaluations beside it and the certificates of its ticket.
     *
     * @throws UserException if one of them is damaged
     */
    public static StoredEvaluation read(EvaluationRequest request) {
        return read(
                request.directory(), StoredCertifications.in(request.ticket().certificates()));
    }

    /**
     * One evaluation, compared with the evaluations and certificates beside it.
     *
     * @throws UserException if one of them is damaged
     */
    public static StoredEvaluation read(Path directory) {
        return read(directory, StoredCertifications.in(StoredCertificates.beside(directory)));
    }

    /**
     * Name of the data set of a stored evaluation.
     *
     * @throws UserException if it is damaged
     */
    public static String dataSet(Path directory) {
        String source = directory.resolve(EvaluationDirectory.SUMMARY).toString();
        JsonNode summary = Json.parse(AtomicFiles.read(directory.resolve(EvaluationDirectory.SUMMARY)), source);
        return Json.string(Json.object(summary, "ticket", source), "dataset", source);
    }

    /**
     * Digest of the data set of a stored evaluation.
     *
     * @throws UserException if it is damaged
     */
    public static String dataDigest(Path directory) {
        String source = directory.resolve(EvaluationDirectory.SUMMARY).toString();
        JsonNode summary = Json.parse(AtomicFiles.read(directory.resolve(EvaluationDirectory.SUMMARY)), source);
        return Json.string(Json.object(summary, "determined-by", source), "data", source);
    }

    private static StoredEvaluation read(Path directory, List<Certification> certificates) {
        Raw wanted = raw(directory);
        List<KnownResults.Attacked> all = new ArrayList<>();
        Path parent = directory.toAbsolutePath().normalize().getParent();
        for (Path each : parent == null
                ? List.<Path>of()
                : directories(parent, problem -> {
                    throw problem;
                })) {
            if (!each.getFileName().equals(directory.getFileName())
                    && Files.exists(each.resolve(EvaluationDirectory.SUMMARY))) {
                all.add(raw(each).attacked());
            }
        }
        if (parent != null) {
            all.addAll(StoredChecks.in(parent, problem -> {
                throw problem;
            }));
        }
        return wanted.whole(all, certificates);
    }

    /** An evaluation as stored, without comparison. */
    private record Raw(
            Path directory,
            JsonNode summary,
            String source,
            List<Finding> findings,
            List<StoredEvaluation.AttackResult> attacks,
            KnownResults.Attacked attacked) {
        StoredEvaluation whole(List<KnownResults.Attacked> all, List<Certification> certificates) {
            RobustInterval known = KnownResults.of(attacked, all, certificates);
            ThreatModel threat = attacked.threat();
            List<Finding> held = new ArrayList<>(findings);
            // In the order of the rules, as if the certificates had existed from the start.
            place(StoredCertificates.check(certificates, attacked.subject(), threat, attacked.withstands()), held);
            place(Rules.strongest(known), held);
            JsonNode ticket = Json.object(summary, "ticket", source);
            StoredEvaluation evaluation = new StoredEvaluation(
                    attacked.id(),
                    ticket.has("level") ? Optional.of(Json.string(ticket, "level", source)) : Optional.empty(),
                    ticket.has("weights") ? Json.string(ticket, "weights", source) : "final",
                    Json.number(ticket, "density", source),
                    Json.string(summary, "suite", source),
                    threat,
                    attacked.subject().split(),
                    Json.wide(summary, "seed", source),
                    settings(Json.object(summary, "determined-by", source)),
                    method(Json.object(summary, "determined-by", source)),
                    proportion(Json.object(summary, "clean", source), source),
                    proportion(Json.object(summary, "robust", source), source),
                    attacks,
                    curve(summary, "curve", source),
                    held,
                    attacked.withstands(),
                    known,
                    KnownResults.covered(attacked, certificates));
            if (attacked.withstands().count() != evaluation.robust().correct()) {
                throw new UserException(directory.resolve(EvaluationDirectory.EXAMPLES) + " is damaged: "
                        + attacked.withstands().count() + " images withstand, " + source + " has "
                        + evaluation.robust().correct());
            }
            return evaluation;
        }

        private static void place(Finding finding, List<Finding> findings) {
            findings.removeIf(other -> other.rule() == finding.rule());
            int at = 0;
            while (at < findings.size() && findings.get(at).rule().compareTo(finding.rule()) < 0) {
                at++;
            }
            findings.add(at, finding);
        }
    }

    private static Raw raw(Path directory) {
        try {
            return decode(directory);
        } catch (UserException e) {
            if (e.getCause() instanceof IOException && !(e.getCause() instanceof NoSuchFileException)) {
                throw e; // such as a file without permission to read: the evaluation may be whole
            }
            throw new UserException(e.getMessage() + "; remove " + directory + " and evaluate again", e);
        }
    }

    private static Raw decode(Path directory) {
        Path file = directory.resolve(EvaluationDirectory.SUMMARY);
        String source = file.toString();
        JsonNode summary = Json.parse(AtomicFiles.read(file), source);
        if (Json.whole(summary, "format", source) != SummaryJson.FORMAT) {
            throw new UserException(source + " has format " + summary.path("format") + ", expected "
                    + SummaryJson.FORMAT + ": it was written by another version of Espalier");
        }
        List<Finding> findings = new ArrayList<>();
        for (JsonNode finding : Json.list(summary, "findings", source)) {
            findings.add(finding(finding, source));
        }
        Path lines = directory.resolve(EvaluationDirectory.EXAMPLES);
        StoredExamples examples = StoredExamples.read(
                AtomicFiles.read(
                        lines,
                        Json.string(Json.object(summary, "files", source), EvaluationDirectory.EXAMPLES, source)),
                lines);
        List<StoredEvaluation.AttackResult> attacks = attacks(Json.list(summary, "attacks", source), examples, source);
        JsonNode by = Json.object(summary, "determined-by", source);
        KnownResults.Subject subject = new KnownResults.Subject(
                Json.string(Json.object(summary, "ticket", source), "sha256", source),
                Json.string(by, "data", source),
                Json.string(summary, "split", source),
                Json.whole(by, "numerics", source));
        return new Raw(
                directory,
                summary,
                source,
                findings,
                attacks,
                new KnownResults.Attacked(
                        Json.string(summary, "id", source),
                        subject,
                        threat(Json.object(summary, "threat-model", source), source),
                        examples.withstands(),
                        KnownResults.steps(attacks, examples)));
    }

    /**
     * An evaluation as one line of JSON: {@code head}, the verdict and all findings, certificates included, and the
     * rest of the summary as stored.
     *
     * @param head members to begin with
     */
    public static String json(Map<String, Object> head, EvaluationRequest request, StoredEvaluation stored) {
        Path file = request.directory().resolve(EvaluationDirectory.SUMMARY);
        JsonNode summary = Json.parse(AtomicFiles.read(file), file.toString());
        // The stored verdict and findings do not know later certificates.
        ((ObjectNode) summary).remove(List.of("verdict", "findings"));
        Map<String, Object> line = new LinkedHashMap<>(head);
        line.put("verdict", stored.verdict().toString());
        line.put("lowest-known", SummaryJson.proportion(stored.known().unbroken()));
        stored.known().certified().ifPresent(certified -> line.put("certified", SummaryJson.proportion(certified)));
        line.put(
                "findings",
                stored.findings().stream()
                        .map(finding -> SummaryJson.finding(tried(finding, stored)))
                        .toList());
        String text = Json.write(line);
        return text.substring(0, text.length() - 1) + ",\"summary\":" + summary + "}";
    }

    /** A finding without a certified accuracy where no certificate was tried: its 0 would be no result. */
    private static Finding tried(Finding finding, StoredEvaluation stored) {
        if (stored.known().certified().isPresent()) {
            return finding;
        }
        SequencedMap<String, Double> evidence = new LinkedHashMap<>(finding.evidence());
        evidence.remove("certified-accuracy");
        return new Finding(finding.rule(), finding.verdict(), finding.sentence(), evidence);
    }

    /** Digest of all that determines an evaluation except the network. */
    private static String settings(JsonNode determinedBy) {
        Map<String, Object> settings = new TreeMap<>();
        for (Map.Entry<String, JsonNode> each : determinedBy.properties()) {
            if (!each.getKey().equals("network")) {
                settings.put(each.getKey(), each.getValue().toString());
            }
        }
        return StoreWriter.key(settings);
    }

    /**
     * The same without the radius. It covers the suite's attacks only, because their settings do not contain the
     * radius.
     */
    private static String method(JsonNode determinedBy) {
        Map<String, Object> method = new TreeMap<>();
        for (String name : List.of("numerics", "data", "split", "images", "suite", "seed")) {
            method.put(name, determinedBy.path(name).toString());
        }
        method.put("norm", determinedBy.path("threat-model").path("norm").toString());
        List<Object> attacks = new ArrayList<>();
        for (JsonNode attack : determinedBy.path("attacks")) {
            if (attack.path("purpose").asString("").equals("suite")) {
                attacks.add(List.of(
                        attack.path("step").toString(),
                        attack.path("settings").toString(),
                        attack.path("after").toString()));
            }
        }
        method.put("attacks", attacks);
        return StoreWriter.key(method);
    }

    private static ThreatModel threat(JsonNode model, String source) {
        String norm = Json.string(model, "norm", source);
        for (Norm known : Norm.values()) {
            if (known.name().toLowerCase(Locale.ROOT).equals(norm)) {
                float epsilon = (float) Json.number(model, "epsilon", source);
                if (!(epsilon >= 0) || Float.isInfinite(epsilon)) {
                    throw new UserException(
                            source + " is damaged: epsilon is " + epsilon + ", expected a number from 0");
                }
                return new ThreatModel(known, epsilon);
            }
        }
        throw new UserException(source + " is damaged: norm is " + norm);
    }

    private static Proportion proportion(JsonNode node, String source) {
        try {
            return new Proportion(Json.whole(node, "correct", source), Json.whole(node, "images", source));
        } catch (IllegalArgumentException e) {
            throw new UserException(source + " is damaged: " + e.getMessage(), e);
        }
    }

    private static List<StoredEvaluation.AttackResult> attacks(JsonNode list, StoredExamples examples, String source) {
        List<StoredEvaluation.AttackResult> attacks = new ArrayList<>();
        for (JsonNode attack : list) {
            List<Double> losses = attack.has("losses") ? Json.doubles(attack, "losses", source) : new ArrayList<>();
            attacks.add(new StoredEvaluation.AttackResult(
                    Json.string(attack, "name", source),
                    Json.string(attack, "purpose", source),
                    Json.string(attack, "access", source),
                    threat(Json.object(attack, "threat-model", source), source),
                    Json.whole(attack, "saw", source),
                    Json.whole(attack, "broke", source),
                    optional(attack, "accuracy-alone", source),
                    optional(attack, "accuracy-after", source),
                    attack.path("settings").path("loss").isString()
                            ? Optional.of(attack.path("settings").path("loss").stringValue())
                            : Optional.empty(),
                    losses,
                    curve(attack, "security-curve", source),
                    Optional.ofNullable(examples.distances().get(Json.string(attack, "name", source)))
                            .map(Distances::of),
                    attack.has("forwards") && attack.has("backwards")
                            ? OptionalLong.of(
                                    Json.wide(attack, "forwards", source) + Json.wide(attack, "backwards", source))
                            : OptionalLong.empty()));
        }
        return attacks;
    }

    private static Optional<Double> optional(JsonNode node, String name, String source) {
        return node.has(name) ? Optional.of(Json.number(node, name, source)) : Optional.empty();
    }

    private static List<StoredEvaluation.CurvePoint> curve(JsonNode node, String name, String source) {
        List<StoredEvaluation.CurvePoint> curve = new ArrayList<>();
        if (!node.has(name)) {
            return curve;
        }
        for (JsonNode point : Json.list(node, name, source)) {
            curve.add(new StoredEvaluation.CurvePoint(
                    Json.number(point, "epsilon", source), Json.number(point, "accuracy", source)));
        }
        return curve;
    }

    private static Finding finding(JsonNode node, String source) {
        SequencedMap<String, Double> evidence = new LinkedHashMap<>();
        JsonNode figures = Json.object(node, "evidence", source);
        for (Map.Entry<String, JsonNode> figure : figures.properties()) {
            evidence.put(figure.getKey(), Json.number(figures, figure.getKey(), source));
        }
        String verdict = Json.string(node, "verdict", source);
        try {
            for (Verdict known : Verdict.values()) {
                if (known.toString().equals(verdict)) {
                    return new Finding(
                            Rule.of(Json.string(node, "rule", source)),
                            known,
                            Json.string(node, "found", source),
                            evidence);
                }
            }
        } catch (IllegalArgumentException e) {
            throw new UserException(source + " is damaged: " + e.getMessage(), e);
        }
        throw new UserException(source + " is damaged: verdict is " + verdict);
    }
}
