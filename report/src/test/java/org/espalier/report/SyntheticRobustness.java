package org.espalier.report;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.espalier.lab.file.AtomicFiles;
import org.espalier.lab.file.Json;
import org.espalier.lab.store.LevelState;
import org.espalier.lab.store.Store;
import org.espalier.lab.store.StoredLevel;
import org.espalier.lab.store.StoredTrial;

/**
 * Writes evaluations and certificates beside the levels of a synthetic store, in the form of the real ones. Each image has a
 * made-up radius that it truly withstands; attacks find a little less than that, certificates prove a little less, so that
 * everything fits together.
 */
public final class SyntheticRobustness {
    /** How far beyond the truth attacks still fail, and how much of it methods prove. */
    private static final double ATTACKED = 1.15;

    private static final double EXACT = 0.97;
    private static final double CROWN = 0.6;

    private final Store store;

    private SyntheticRobustness(Path directory) {
        store = Store.open(directory);
    }

    /** Evaluates by a suite of two attacks and certifies by bounds and exactly, at two radii each. */
    public static Path write(Path directory) {
        return write(directory, 40);
    }

    /**
     * The same.
     *
     * @param images of each evaluation; exact verification has half of them
     */
    public static Path write(Path directory, int images) {
        SyntheticRobustness synthetic = new SyntheticRobustness(directory);
        var written = new HashSet<String>();
        for (StoredTrial trial : synthetic.store.trials()) {
            for (int level = 0; level < trial.levels().size(); level++) {
                StoredLevel stored = synthetic.store.level(trial.levels().get(level));
                if (stored.state() == LevelState.DONE && written.add(stored.key())) {
                    for (double epsilon : new double[] {0.1, 0.3}) {
                        synthetic.evaluation(trial, level, stored, epsilon, images);
                    }
                    for (double epsilon : new double[] {0.05, 0.1}) {
                        synthetic.certificate(trial, level, stored, "crown", epsilon, images, CROWN);
                        synthetic.certificate(trial, level, stored, "exact", epsilon, images / 2, EXACT);
                    }
                }
            }
        }
        return directory;
    }

    /** A radius between 0 and 1.1: larger with adversarial training and at some levels; trials differ a little. */
    private static double radius(StoredTrial trial, int level, int image, int images) {
        double strength = trial.id().objective().equals("natural")
                ? 0.12
                : 0.8
                        + 0.1 * (level % 3)
                        - (trial.id().strategy().equals("random") ? 0.06 : 0.04) * Math.max(0, level - 2)
                        + 0.02 * (trial.id().trial() * (level + 1) % 4);
        return strength * ((image * 7 + trial.id().trial()) % images + 0.5) / images;
    }

    /** Whether an image is right unattacked: dense networks are right a little less often. */
    private static boolean clean(StoredTrial trial, int level, int image, int images) {
        boolean dense = level == 0 && image % 8 == 5 && 5 * image < (trial.id().trial() + 1) * images;
        return image % 20 != 3 && !dense;
    }

    private static Path in(Store store, String kind, StoredLevel level, String id) {
        Path directory = store.directory().resolve(kind).resolve(level.key()).resolve(id);
        AtomicFiles.makeDirectory(directory.resolve("../..").normalize());
        AtomicFiles.makeDirectory(directory.resolve("..").normalize());
        AtomicFiles.makeDirectory(directory);
        return directory;
    }

    private static void json(Path file, Object content) {
        AtomicFiles.writeRepeatable(file, (Json.write(content) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private static void lines(Path file, List<Map<String, Object>> lines) {
        var text = new StringBuilder();
        lines.forEach(line -> text.append(Json.write(line)).append('\n'));
        AtomicFiles.writeRepeatable(file, text.toString().getBytes(StandardCharsets.UTF_8));
    }

    private void evaluation(StoredTrial trial, int level, StoredLevel stored, double epsilon, int images) {
        Path directory = in(store, "robustness", stored, "made-up-linf-" + epsilon + "-test-" + images + "-00000000");
        var examples = new ArrayList<Map<String, Object>>();
        int clean = 0;
        int after = 0;
        int left = 0;
        for (int i = 0; i < images; i++) {
            double radius = radius(trial, level, i, images) * ATTACKED;
            boolean right = clean(trial, level, i, images);
            boolean withstands = right && radius >= epsilon;
            clean += right ? 1 : 0;
            after += right && 1.1 * radius >= epsilon ? 1 : 0;
            left += withstands ? 1 : 0;
            examples.add(Map.of("image", i, "label", 0, "predicted", right ? 0 : 1, "withstands", withstands));
        }
        lines(directory.resolve("examples.jsonl"), examples);
        boolean unreliable = level == 1;
        Map<String, Object> threat = Map.of("norm", "linf", "epsilon", epsilon);
        var attacks = new ArrayList<Map<String, Object>>();
        attacks.add(attack("apgd-ce", "suite", threat, clean, clean - after, (double) after / images, true));
        attacks.add(attack("square", "suite", threat, after, after - left, (double) left / images, false));
        attacks.add(attack("rule-fgsm", "fgsm", threat, clean, clean / 3, (double) (clean - clean / 3) / images, true));
        attacks.add(attack("rule-pgd", "pgd", threat, clean, clean / 2, (double) (clean - clean / 2) / images, true));
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("format", 1);
        summary.put("id", directory.getFileName().toString());
        summary.put(
                "ticket",
                Map.of(
                        "sha256",
                        stored.digest(false).orElseThrow(),
                        "density",
                        stored.density().orElseThrow(),
                        "level",
                        stored.key(),
                        "weights",
                        "final"));
        summary.put("suite", "made-up");
        summary.put("threat-model", threat);
        summary.put("split", "test");
        summary.put("seed", 1);
        summary.put("clean", Map.of("correct", clean, "images", images));
        summary.put("robust", Map.of("correct", left, "images", images));
        summary.put("attacks", attacks);
        summary.put(
                "curve",
                List.of(
                        point(0, (double) clean / images),
                        point(epsilon / 2, (double) (clean + after) / 2 / images),
                        point(epsilon, (double) after / images)));
        summary.put(
                "findings",
                List.of(
                        finding("inside", "pass", "outside the ball by 0 and outside [0, 1] by 0 at most"),
                        finding(
                                "converged",
                                unreliable ? "unreliable" : "pass",
                                "twice the iterations lower accuracy by " + (unreliable ? "1.50" : "0.00")
                                        + " points")));
        summary.put(
                "determined-by",
                Map.of(
                        "numerics",
                        2,
                        "network",
                        stored.digest(false).orElseThrow(),
                        "data",
                        "made up",
                        "split",
                        "test",
                        "images",
                        images,
                        "threat-model",
                        threat));
        summary.put("files", Map.of("examples.jsonl", AtomicFiles.digest(directory.resolve("examples.jsonl"))));
        json(directory.resolve("summary.json"), summary);
    }

    private static Map<String, Object> attack(
            String name, String purpose, Map<String, Object> threat, int saw, int broke, double left, boolean all) {
        Map<String, Object> attack = new LinkedHashMap<>();
        attack.put("name", name);
        attack.put("purpose", purpose);
        attack.put("access", "white-box");
        attack.put("threat-model", threat);
        attack.put("settings", Map.of("loss", "ce"));
        attack.put("saw", saw);
        attack.put("broke", broke);
        if (all) {
            attack.put("accuracy-alone", left);
        }
        if (purpose.equals("suite")) {
            attack.put("accuracy-after", left);
        }
        List<Double> losses = new ArrayList<>();
        for (int i = 0; i <= 50; i++) {
            losses.add(2.3 * (1 - Math.exp(-i / 8.0)) + 0.2);
        }
        attack.put("losses", losses);
        if (name.equals("apgd-ce")) {
            attack.put("security-curve", List.of(point(0, 0.95), point(0.1, 0.5), point(0.2, 0.1)));
        }
        return attack;
    }

    private static Map<String, Object> point(double epsilon, double accuracy) {
        return Map.of("epsilon", epsilon, "accuracy", accuracy);
    }

    private static Map<String, Object> finding(String rule, String verdict, String found) {
        return Map.of("rule", rule, "verdict", verdict, "found", found, "evidence", Map.of("fall", 0.015));
    }

    private void certificate(
            StoredTrial trial,
            int level,
            StoredLevel stored,
            String method,
            double epsilon,
            int images,
            double proved) {
        Path directory =
                in(store, "certification", stored, method + "-linf-" + epsilon + "-test-" + images + "-00000000");
        boolean exact = method.equals("exact");
        var lines = new ArrayList<Map<String, Object>>();
        var seconds = new ArrayList<Double>();
        for (int i = 0; i < images; i++) {
            // Exact verification has half as many images: the first ones, the same.
            double radius = radius(trial, level, i, exact ? 2 * images : images);
            boolean right = clean(trial, level, i, exact ? 2 * images : images);
            boolean attacked = right && radius * ATTACKED >= epsilon;
            boolean verified = right && radius * proved >= epsilon;
            String verdict = verified ? "verified" : attacked && !(exact && radius < epsilon) ? "unknown" : "falsified";
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("image", i);
            line.put("label", 0);
            line.put("predicted", right ? 0 : 1);
            line.put("attacked", attacked ? 0 : 1);
            line.put("verdict", verdict);
            line.put("lower", verified ? 0.5 : -0.5);
            line.put("unstable", 3);
            line.put("nodes", exact ? 5 : 0);
            if (exact && attacked && verdict.equals("falsified")) {
                line.put("counterexample", List.of(0.5));
            }
            lines.add(line);
            seconds.add((exact ? 0.1 : 0.002) * stored.density().orElseThrow());
        }
        lines(directory.resolve("images.jsonl"), lines);
        json(directory.resolve("seconds.json"), Map.of("seconds", seconds));
        Map<String, Object> by = new LinkedHashMap<>();
        by.put("network", stored.digest(false).orElseThrow());
        by.put("data", "made up");
        by.put("split", "test");
        by.put("images", images);
        by.put("norm", "linf");
        by.put("epsilon", epsilon);
        by.put("method", method);
        if (exact) {
            by.put("nodes", 100);
        }
        json(
                directory.resolve("certificate.json"),
                Map.of(
                        "format",
                        1,
                        "determined-by",
                        by,
                        "files",
                        Map.of("images.jsonl", AtomicFiles.digest(directory.resolve("images.jsonl")))));
    }
}
