package org.espalier.lab.exchange;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.espalier.UserException;
import org.espalier.evaluate.rules.Verdict;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.experiment.Names;
import org.espalier.lab.robustness.StoredEvaluation;
import org.espalier.lab.store.Store;
import org.espalier.lab.tickets.Ticket;
import org.espalier.network.Operation;
import org.espalier.prune.Scope;
import org.espalier.prune.UnitCriterion;
import org.espalier.setting.Registry;

/**
 * A network's records for two leaderboards. RobustBench: {@code model_info} of github.com/RobustBench/robustbench. Benchmark of
 * adversarial pruning: {@code taxonomy.json} and the results of a new method, github.com/pralab/AdversarialPruningBenchmark. Fields that
 * neither the search nor the user gives are left out.
 *
 * @param ticket the network
 * @param evaluation its evaluation under the suite {@code standard}
 * @param images images of the whole split
 * @param given fields by name that the user gives
 */
public record LeaderboardEntry(Ticket ticket, StoredEvaluation evaluation, int images, Map<String, String> given) {
    /** Names of fields that a user may give, with their meaning. */
    public static final Map<String, String> FIELDS = fields();

    private static final String NO_PLACE = "";

    private static Map<String, String> fields() {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("name", "title of the paper or model");
        fields.put("link", "address of the paper");
        fields.put("authors", "its authors");
        fields.put("venue", "where it was published");
        fields.put("additional-data", "true or false: trained on more than the data set");
        fields.put("architecture", "name of the architecture");
        fields.put("dataset", "name of the data set on the leaderboard");
        fields.put("reported", "robust accuracy that the paper reports, in percent");
        fields.put("ap-key", "key of the pruning method, e.g. Name_Author2025First");
        fields.put("pipeline", "when it prunes");
        fields.put("pretraining", "training before pruning");
        fields.put("finetuning", "training after pruning");
        fields.put("one-shot", "1S or IT");
        fields.put("structure", "pruning structure");
        fields.put("locality", "pruning locality");
        fields.put("criterion", "pruning criterion");
        return fields;
    }

    /**
     * Checks that the figures may be quoted.
     *
     * @throws UserException if the suite is another one, the rules refuse the figures, or a given field is unknown
     */
    public LeaderboardEntry {
        given = Map.copyOf(given);
        check(given);
        if (!evaluation.suite().equals("standard")) {
            throw new UserException(
                    "--as-entry needs --suite standard, AutoAttack's attacks, found " + evaluation.suite());
        } else if (!evaluation.split().equals("test")) {
            throw new UserException("--as-entry needs --split test, found " + evaluation.split());
        } else if (evaluation.verdict() == Verdict.REFUSED) {
            throw new UserException("the rules refuse the figures of " + ticket.label()
                    + ": they must not be quoted, so there is no entry");
        }
    }

    /**
     * Checks names and values of given fields.
     *
     * @throws UserException if a field is unknown or has no such value
     */
    public static void check(Map<String, String> given) {
        for (Map.Entry<String, String> field : given.entrySet()) {
            if (!FIELDS.containsKey(field.getKey())) {
                throw new UserException("--entry-field has " + field.getKey() + ", expected "
                        + Names.nearest(field.getKey(), FIELDS.keySet())
                                .map(near -> near + "?")
                                .orElse("one of " + String.join(", ", FIELDS.keySet())));
            }
        }
        String more = given.get("additional-data");
        if (more != null && !more.equals("true") && !more.equals("false")) {
            throw new UserException("--entry-field additional-data is " + more + ", expected true or false");
        }
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.2f", 100 * share);
    }

    /** The radius as leaderboards write it: {@code 8/255} where it is such a fraction. */
    static String epsilon(float epsilon) {
        long steps = Math.round(255.0 * epsilon);
        return steps > 0 && (float) (steps / 255.0) == epsilon ? steps + "/255" : Float.toString(epsilon);
    }

    private void put(Map<String, Object> record, String name, String field) {
        String value = given.get(field);
        if (value != null) {
            record.put(name, value);
        }
    }

    private String architecture() {
        return given.getOrDefault(
                "architecture", ticket.network().mask().architecture().toString());
    }

    private String dataset() {
        return given.getOrDefault("dataset", ticket.data().name());
    }

    /** RobustBench's record. */
    public Map<String, Object> robustBench() {
        Map<String, Object> record = new LinkedHashMap<>();
        put(record, "link", "link");
        put(record, "name", "name");
        put(record, "authors", "authors");
        if (given.containsKey("additional-data")) {
            record.put("additional_data", Boolean.valueOf(given.get("additional-data")));
        }
        record.put("number_forward_passes", 1);
        record.put("dataset", dataset());
        put(record, "venue", "venue");
        record.put("architecture", architecture());
        record.put("eps", epsilon(evaluation.threat().epsilon()));
        record.put("clean_acc", percent(evaluation.clean().accuracy()));
        put(record, "reported", "reported");
        record.put("autoattack_acc", percent(evaluation.robust().accuracy()));
        if (evaluation.missesImages()) {
            record.put("external", percent(evaluation.lowestKnown().accuracy()));
        }
        footnote().ifPresent(note -> record.put("footnote", note));
        // Of what the rules did not check nothing is said.
        if (evaluation.verdict() == Verdict.PASS || evaluation.verdict() == Verdict.UNRELIABLE) {
            record.put("unreliable", evaluation.verdict() == Verdict.UNRELIABLE);
        }
        return record;
    }

    private Optional<String> footnote() {
        List<String> notes = new ArrayList<>();
        if (evaluation.robust().images() < images) {
            notes.add(String.format(
                    Locale.ROOT,
                    "Evaluated on the first %,d of %,d test images.",
                    evaluation.robust().images(),
                    images));
        }
        if (ticket.density() < 1) {
            notes.add(String.format(Locale.ROOT, "%s %% of the weights remain.", percent(ticket.density())));
        }
        return notes.isEmpty() ? Optional.empty() : Optional.of(String.join(" ", notes));
    }

    /** The record of the benchmark of adversarial pruning: the method's taxonomy and this network's results. */
    public Map<String, Object> adversarialPruning() {
        Map<String, Object> taxonomy = new LinkedHashMap<>();
        put(taxonomy, "link_to_paper", "link");
        put(taxonomy, "ap_key", "ap-key");
        Optional<Method> method = ticket.place().map(this::method);
        String pipeline =
                given.getOrDefault("pipeline", method.map(Method::pipeline).orElse(NO_PLACE));
        if (!pipeline.isEmpty()) {
            taxonomy.put("Type of Pipeline:", pipeline);
        }
        // The names of these fields begin with the letter of the pipeline.
        String letter = pipeline.isEmpty() ? "A" : pipeline.substring(0, 1);
        String before =
                given.getOrDefault("pretraining", method.map(Method::training).orElse(NO_PLACE));
        String after =
                given.getOrDefault("finetuning", method.map(Method::training).orElse(NO_PLACE));
        if (!before.isEmpty() && !letter.equals("D")) {
            taxonomy.put(letter.equals("B") ? "B: Pruning step " : "A: Pretraining ", before);
        }
        if (!after.isEmpty()) {
            taxonomy.put(letter.equals("A") ? "A: Finetuning" : letter + ": Training step ", after);
        }
        String shots = given.getOrDefault("one-shot", method.map(Method::shots).orElse(NO_PLACE));
        if (!shots.isEmpty() && !letter.equals("D")) {
            taxonomy.put(letter + ": OneShot (1S) vs Iterative (IT)", shots);
        }
        field(taxonomy, "Pruning structure", "structure", method.map(Method::structure));
        field(taxonomy, "Pruning locality", "locality", method.map(Method::locality));
        field(taxonomy, "Pruning criterion", "criterion", method.map(Method::criterion));
        Map<String, Object> results = new LinkedHashMap<>();
        key(taxonomy).ifPresent(key -> results.put("model_key", key));
        results.put("architecture", architecture());
        results.put("dataset", dataset());
        results.put("sparsity", percent(1 - ticket.density()));
        results.put("eps", epsilon(evaluation.threat().epsilon()));
        results.put("images", evaluation.robust().images());
        results.put("clean_accuracy", percent(evaluation.clean().accuracy()));
        results.put("robust_accuracy_aa", percent(evaluation.robust().accuracy()));
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("taxonomy", taxonomy);
        record.put("results", results);
        return record;
    }

    private void field(Map<String, Object> record, String name, String field, Optional<String> known) {
        String value = given.getOrDefault(field, known.orElse(NO_PLACE));
        if (!value.isEmpty()) {
            record.put(name, value);
        }
    }

    /** The key that the benchmark gives its own architectures, data sets and sparsities. */
    private Optional<String> key(Map<String, Object> taxonomy) {
        String network = switch (architecture().toLowerCase(Locale.ROOT)) {
            case "resnet18" -> "R18";
            case "vgg16" -> "V16";
            default -> "";
        };
        String data = dataset().toUpperCase(Locale.ROOT);
        long sparsity = Math.round(100 * (1 - ticket.density()));
        boolean units = String.valueOf(taxonomy.get("Pruning structure")).startsWith("Structured");
        boolean known = (units ? List.of(50L, 75L, 90L) : List.of(90L, 95L, 99L)).contains(sparsity);
        return network.isEmpty() || !List.of("CIFAR10", "SVHN").contains(data) || !known || !given.containsKey("ap-key")
                ? Optional.empty()
                : Optional.of(
                        given.get("ap-key") + "_" + network + "_" + data + "_" + (units ? "S" : "US") + "_" + sparsity);
    }

    /** What a search says of its method, in the benchmark's words. */
    private record Method(
            String pipeline, String training, String shots, String structure, String locality, String criterion) {}

    private Method method(Ticket.Place place) {
        Experiment experiment = Store.open(place.store()).experiment();
        Experiment.Pruning pruning = experiment.pruning();
        boolean units = pruning.criterion() instanceof UnitCriterion;
        boolean during = experiment.training().mask().isPresent();
        String strategy = place.trial().strategy();
        boolean continued = strategy.equals("continued")
                || strategy.equals("as-published")
                || strategy.startsWith("rate-rewind-"); // these keep or restore trained weights
        return new Method(
                place.level() == 0 && !during
                        ? ""
                        : during
                                ? "D-Methods Pruning During Training"
                                : continued ? "A-Methods Pruning After Training" : "B-Methods Pruning Before Training",
                training(experiment, place.trial().objective()),
                place.level() == 0 ? "" : place.level() == 1 ? "1S" : "IT",
                units ? "Structured (S) " + (convolutions() ? "filters" : "neurons") : "Unstructured (US)",
                pruning.scope() == Scope.GLOBAL ? "Global Pruning (G)" : "Local Pruning (L)",
                Registry.kind(pruning.criterion().getClass()).value().equals("magnitude")
                        ? "Lowest Weight Magnitude LWM"
                        : Registry.kind(pruning.criterion().getClass()).value());
    }

    private boolean convolutions() {
        return ticket.network().mask().architecture().graph().nodes().stream()
                .anyMatch(node -> node.operation() instanceof Operation.Conv2d);
    }

    private static String training(Experiment experiment, String name) {
        Experiment.Objective objective = experiment.objectives().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
        if (objective.bound().isPresent()) {
            return "Certified training, " + objective.bound().get();
        }
        Optional<String> method = objective
                .method()
                .map(settings -> Registry.kind(settings.getClass()).value());
        if (objective.attack().isEmpty() && method.isEmpty()) {
            return "Natural Training (NT)";
        }
        String attack =
                objective.attack().map(each -> experiment.attack(each).name()).orElse("");
        return "Adversarial Training (AT) "
                + method.map(kind -> kind.toUpperCase(Locale.ROOT)).orElse(attack.toUpperCase(Locale.ROOT));
    }

    /** Names of fields that are asked for and not given, for a sentence to the user. */
    public List<String> missing() {
        List<String> wanted = new ArrayList<>(List.of("name", "link", "authors", "venue", "additional-data", "ap-key"));
        if (ticket.place().isEmpty()) {
            wanted.addAll(
                    List.of("pipeline", "pretraining", "finetuning", "one-shot", "structure", "locality", "criterion"));
        }
        wanted.removeAll(given.keySet());
        return wanted;
    }
}
