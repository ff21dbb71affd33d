package org.espalier.lab.collection;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.espalier.UserException;
import org.espalier.attack.ThreatModel;
import org.espalier.lab.exchange.StatedResults;
import org.espalier.lab.experiment.Names;
import org.espalier.lab.file.Json;
import org.espalier.lab.robustness.Proportion;
import tools.jackson.databind.JsonNode;

/**
 * A ticket of a collection, as its manifest has it.
 *
 * @param name name of its files, without an ending
 * @param title what it is, in a few words
 * @param sha256 digest of its compact file
 * @param network its layers in one line
 * @param weights weights that survive
 * @param density share of weights that survive, in [0, 1]
 * @param dataset name of the data set
 * @param data SHA-256 of the data set
 * @param origin trial and level of the search
 * @param key key of the level in its store
 * @param store digest of the trained levels of the store
 * @param command what makes the search, as typed in a shell
 * @param figures what can be measured again in seconds
 * @param evaluations what is stored of it in its search
 */
public record KeptTicket(
        String name,
        String title,
        String sha256,
        String network,
        int weights,
        double density,
        String dataset,
        String data,
        String origin,
        String key,
        String store,
        String command,
        Figures figures,
        List<Evaluation> evaluations) {
    public KeptTicket {
        evaluations = List.copyOf(evaluations);
    }

    /**
     * Figures that take seconds.
     *
     * @param clean right, of all test images
     * @param epsilon radius of the L-infinity ball of the suite {@code fast}
     * @param fastClean right without attack, of the first test images
     * @param fast right under the suite too, of the same images
     */
    public record Figures(Proportion clean, float epsilon, Proportion fastClean, Proportion fast) {
        Map<String, Object> members() {
            Map<String, Object> members = new LinkedHashMap<>();
            members.put("clean", clean.correct());
            members.put("clean-images", clean.images());
            members.put("epsilon", epsilon);
            members.put("fast-clean", fastClean.correct());
            members.put("fast", fast.correct());
            members.put("fast-images", fast.images());
            return members;
        }

        static Figures read(JsonNode json, String source) {
            float epsilon = (float) Json.number(json, "epsilon", source);
            if (!(epsilon > 0 && epsilon <= 1)) {
                throw damaged(source, "epsilon is " + epsilon + ", expected a number above 0 and at most 1");
            }
            return new Figures(
                    proportion(json, "clean", "clean-images", source),
                    epsilon,
                    proportion(json, "fast-clean", "fast-images", source),
                    proportion(json, "fast", "fast-images", source));
        }

        private static Proportion proportion(JsonNode json, String right, String of, String source) {
            int images = positive(json, of, source);
            return new Proportion(count(json, right, images, source), images);
        }
    }

    /**
     * A stored evaluation of test images.
     *
     * @param robust lowest number of images that any known result leaves
     * @param certified images with a certificate; empty where none was tried
     * @param verdict what the rules say
     */
    public record Evaluation(
            String suite,
            String norm,
            double epsilon,
            int images,
            int clean,
            int robust,
            OptionalInt certified,
            String verdict) {
        Map<String, Object> members() {
            Map<String, Object> members = new LinkedHashMap<>();
            members.put("suite", suite);
            members.put("norm", norm);
            members.put("epsilon", epsilon);
            members.put("images", images);
            members.put("clean", clean);
            members.put("robust", robust);
            certified.ifPresent(count -> members.put("certified", count));
            members.put("verdict", verdict);
            return members;
        }

        static Evaluation read(JsonNode json, String source) {
            double epsilon = Json.number(json, "epsilon", source);
            if (!(epsilon >= 0)) {
                throw damaged(source, "epsilon is " + epsilon + ", expected a number from 0");
            }
            int images = positive(json, "images", source);
            return new Evaluation(
                    Json.string(json, "suite", source),
                    Json.string(json, "norm", source),
                    epsilon,
                    images,
                    count(json, "clean", images, source),
                    count(json, "robust", images, source),
                    json.has("certified")
                            ? OptionalInt.of(count(json, "certified", images, source))
                            : OptionalInt.empty(),
                    Json.string(json, "verdict", source));
        }
    }

    /**
     * The kept ticket that a file is, by the manifest beside it; empty where there is no manifest that can be read, or it does not
     * name the file.
     *
     * @param digest SHA-256 of the file
     */
    public static Optional<KeptTicket> beside(Path file, String digest) {
        Path directory = file.toAbsolutePath().normalize().resolveSibling("");
        try {
            return TicketCollection.read(directory, false).tickets().stream()
                    .filter(each -> each.sha256().equals(digest))
                    .findFirst();
        } catch (UserException e) {
            return Optional.empty(); // a file of that name may be anybody's
        }
    }

    /**
     * What the manifest says of the ticket, in sentences.
     *
     * @param digest SHA-256 of the ticket's file
     */
    public StatedResults stated(String digest) {
        return new StatedResults(
                Optional.of(digest),
                Optional.of(origin),
                evaluations.stream()
                        .map(each -> String.format(
                                Locale.ROOT,
                                "suite %s, %s ball of radius %s, %d test images: clean %d right, robust at most %d right, %s,"
                                        + " verdict %s",
                                each.suite(),
                                each.norm(),
                                ThreatModel.radius((float) each.epsilon()),
                                each.images(),
                                each.clean(),
                                each.robust(),
                                each.certified().isPresent()
                                        ? each.certified().getAsInt() + " certified"
                                        : "not certified",
                                each.verdict()))
                        .toList(),
                List.of());
    }

    /** Name of the compact file. */
    public String file() {
        return name + ".espalier";
    }

    Map<String, Object> members() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("name", name);
        members.put("title", title);
        members.put("sha256", sha256);
        members.put("network", network);
        members.put("weights", weights);
        members.put("density", density);
        members.put("dataset", dataset);
        members.put("data", data);
        members.put("origin", origin);
        members.put("key", key);
        members.put("store", store);
        members.put("command", command);
        members.put("figures", figures.members());
        members.put("evaluations", evaluations.stream().map(Evaluation::members).toList());
        return members;
    }

    /** Whether a ticket may have a name: its files then lie in the folder, and none of them is the manifest or the table. */
    static boolean isName(String name) {
        return Names.isPlain(name) && !name.equals("readme") && !name.equals("manifest");
    }

    private static UserException damaged(String source, String problem) {
        return new UserException(source + " is damaged: " + problem);
    }

    private static int positive(JsonNode json, String name, String source) {
        int number = Json.whole(json, name, source);
        if (number < 1) {
            throw damaged(source, name + " is " + number + ", expected at least 1");
        }
        return number;
    }

    /** A number of images of so many. */
    private static int count(JsonNode json, String name, int images, String source) {
        int count = Json.whole(json, name, source);
        if (count < 0 || count > images) {
            throw damaged(source, name + " is " + count + ", expected 0 to " + images);
        }
        return count;
    }

    static KeptTicket read(JsonNode json, String source) {
        String name = Json.string(json, "name", source);
        if (!isName(name)) {
            throw damaged(
                    source,
                    "name is " + Json.write(name)
                            + ", expected lower-case letters, digits and hyphens, and neither readme nor manifest");
        }
        String dataset = Json.string(json, "dataset", source);
        if (!dataset.matches("[^/\\\\\\p{Cntrl}]+")) {
            throw damaged(source, "dataset is " + Json.write(dataset) + ", expected the name of a data set");
        }
        int weights = Json.whole(json, "weights", source);
        double density = Json.number(json, "density", source);
        if (weights < 0 || !(density >= 0 && density <= 1)) {
            throw damaged(
                    source,
                    "weights is " + weights + " and density " + density
                            + ", expected numbers from 0, and a density of at most 1");
        }
        List<Evaluation> evaluations = new ArrayList<>();
        for (JsonNode each : Json.list(json, "evaluations", source)) {
            evaluations.add(Evaluation.read(each, source));
        }
        return new KeptTicket(
                name,
                Json.string(json, "title", source),
                Json.string(json, "sha256", source),
                Json.string(json, "network", source),
                weights,
                density,
                dataset,
                Json.string(json, "data", source),
                Json.string(json, "origin", source),
                Json.string(json, "key", source),
                Json.string(json, "store", source),
                Json.string(json, "command", source),
                Figures.read(Json.object(json, "figures", source), source),
                evaluations);
    }
}
