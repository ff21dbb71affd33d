package org.espalier.lab.robustness;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.espalier.UserException;
import org.espalier.attack.strong.search.Geometry;
import org.espalier.data.DataSet;
import org.espalier.data.Digests;
import org.espalier.evaluate.rules.Outcomes;
import org.espalier.lab.counterexample.GivenExamples;
import org.espalier.lab.counterexample.Judgement;
import org.espalier.lab.counterexample.KeptExamples;
import org.espalier.lab.counterexample.KeptFile;
import org.espalier.lab.file.AtomicFiles;
import org.espalier.lab.file.Directories;
import org.espalier.lab.file.Json;
import org.espalier.lab.store.StoreWriter;
import org.espalier.lab.tickets.Ticket;
import tools.jackson.databind.JsonNode;

/**
 * Adversarial examples of other origin that fool a network, stored beside its evaluations: {@code checks/ID.npz} and, last,
 * {@code ID.json}. They count among the known results of every evaluation of the network whose ball holds them.
 */
public final class StoredChecks {
    static final String DIRECTORY = "checks";
    private static final int FORMAT = 1;
    /** Most images of a split that checks are read of, far more than any data set has: each takes memory. */
    private static final int MOST_IMAGES = 1 << 24;

    private StoredChecks() {}

    /**
     * Stores the examples that fool the network; none does nothing.
     *
     * @param judgement of images of the split
     * @return the file, whether it was there or not
     */
    public static Path write(Ticket ticket, DataSet set, GivenExamples given, Judgement judgement) {
        KeptExamples kept = new KeptExamples(set.shape(), judgement.threat(), judgement.fooling());
        Map<String, Object> by = new LinkedHashMap<>();
        by.put("numerics", EvaluationRequest.NUMERICS);
        by.put("network", ticket.digest());
        by.put("data", set.digest());
        by.put("split", judgement.split().orElseThrow().name());
        by.put("threat-model", EvaluationRequest.threatModel(judgement.threat()));
        byte[] content = KeptFile.encode(kept);
        by.put("examples", Digests.sha256(content));
        String id = "check-" + EvaluationRequest.norm(judgement.threat()) + "-"
                + EvaluationRequest.number(judgement.threat().epsilon()) + "-"
                + StoreWriter.key(by).substring(0, 8);
        Path directory = ticket.results().resolve(DIRECTORY);
        AtomicFiles.makeDirectory(directory);
        AtomicFiles.write(directory.resolve(id + ".npz"), content);
        Map<String, Object> file = new LinkedHashMap<>();
        file.put("format", FORMAT);
        file.put("id", id);
        file.put("from", String.valueOf(Path.of(given.source()).getFileName()));
        file.put("from-sha256", given.digest());
        file.putAll(by);
        file.put("images", kept.images());
        Path json = directory.resolve(id + ".json");
        AtomicFiles.write(json, (Json.write(file) + "\n").getBytes(StandardCharsets.UTF_8));
        return directory.resolve(id + ".npz");
    }

    /**
     * All checks beside evaluations.
     *
     * @param results directory of the evaluations
     * @param damaged receives a message with the file for each that cannot be read
     */
    static List<KnownResults.Attacked> in(Path results, Consumer<UserException> damaged) {
        List<KnownResults.Attacked> checks = new ArrayList<>();
        Path directory = results.resolve(DIRECTORY);
        List<Path> files = new ArrayList<>();
        if (Files.isDirectory(directory)) {
            try {
                Directories.list(directory).stream()
                        .filter(file -> file.toString().endsWith(".json"))
                        .forEach(files::add);
            } catch (IOException e) {
                damaged.accept(new UserException(directory + " cannot be read: " + e.getMessage(), e));
            }
        }
        for (Path file : files) {
            try {
                checks.add(read(file));
            } catch (UserException e) {
                damaged.accept(e);
            }
        }
        return checks;
    }

    private static KnownResults.Attacked read(Path file) {
        String source = file.toString();
        JsonNode check = Json.parse(AtomicFiles.read(file), source);
        if (Json.whole(check, "format", source) != FORMAT) {
            throw new UserException(source + " has format " + check.path("format") + ", expected " + FORMAT
                    + ": it was written by another version of Espalier");
        }
        String name = String.valueOf(file.getFileName());
        Path examples = file.resolveSibling(name.substring(0, name.length() - ".json".length()) + ".npz");
        KeptExamples kept = KeptFile.decode(
                AtomicFiles.read(examples, Json.string(check, "examples", source)), examples.toString());
        int last = kept.rows().stream().mapToInt(KeptExamples.Row::image).max().orElse(0);
        // A split's pixels are one array.
        int most = Math.min(MOST_IMAGES, Integer.MAX_VALUE / kept.shape().features());
        if (last >= most) {
            throw new UserException(
                    examples + " is damaged: its index has image " + last + ", expected one below " + most);
        }
        int images = 1 + last;
        BitSet broken = new BitSet();
        double[] distances = new double[images];
        Arrays.fill(distances, Double.NaN);
        for (KeptExamples.Row row : kept.rows()) {
            if (!Geometry.holds(kept.threat(), row.original(), row.adversarial())) {
                throw new UserException(examples + " is damaged: an example of image " + row.image()
                        + " lies outside the ball " + kept.threat());
            }
            double distance = Geometry.distance(kept.threat().norm(), row.original(), row.adversarial());
            broken.set(row.image());
            distances[row.image()] =
                    Double.isNaN(distances[row.image()]) ? distance : Math.min(distance, distances[row.image()]);
        }
        return new KnownResults.Attacked(
                Json.string(check, "id", source),
                new KnownResults.Subject(
                        Json.string(check, "network", source),
                        Json.string(check, "data", source),
                        Json.string(check, "split", source),
                        Json.whole(check, "numerics", source)),
                kept.threat(),
                Outcomes.allRight(images),
                List.of(new KnownResults.Step(
                        "examples of " + Json.string(check, "from", source), false, kept.threat(), broken, distances)));
    }
}
