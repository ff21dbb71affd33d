package org.espalier.lab.experiment;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.espalier.UserException;
import org.espalier.UserPath;

/**
 * The file of a benchmark: its {@linkplain BenchmarkSettings settings}, a member {@code experiment} with the settings that all
 * methods share, and in each method a member {@code experiment} with those that it changes.
 *
 * <p>Values of these members may have places for numbers: {@code $density}, {@code $sparsity}, {@code $epsilon} of the evaluation,
 * {@code $updates} of the method and {@code $iterations} of one of its trainings. {@code $epsilon/4} divides and
 * {@code $epsilon*2} multiplies; updates and iterations are then rounded down.
 */
public final class BenchmarkFile {
    /** Names of the benchmarks that come with Espalier, the smallest first. */
    public static final List<String> NAMES = List.of("digits-mlp", "digits-cnn-small");

    private static final String EXTENDS = "extends";
    private static final String EXPERIMENT = "experiment";
    private static final String METHODS = "methods";
    private static final String NAME = "name";

    private static final Pattern PLACE = Pattern.compile("\\$([A-Za-z]+)(?:([*/])([0-9]+(?:\\.[0-9]+)?))?");

    /** Settings that the benchmark gives, so that budgets and evaluations are equal. */
    private static final List<List<String>> GIVEN =
            List.of(List.of(NAME), List.of("trials"), List.of("training", "iterations"), List.of("robustness"));

    private final String source;
    private final BenchmarkSettings settings;
    private final Yaml whole;
    private final Yaml shared;
    private final Map<String, Yaml> changes = new LinkedHashMap<>();

    private BenchmarkFile(String source, Yaml whole) {
        this.source = source;
        this.whole = whole;
        if (!(whole instanceof Yaml.Mapping(Map<String, Yaml> values, String place))) {
            throw new UserException(source + " is no mapping, expected the settings of a benchmark");
        }
        Map<String, Yaml> own = new LinkedHashMap<>(values);
        shared = experiment(own, place);
        own.computeIfPresent(METHODS, (_, methods) -> methods(methods));
        settings = Binder.bind(BenchmarkSettings.class, new Yaml.Mapping(own, place));
        check();
    }

    /**
     * Reads a definition.
     *
     * @param nameOrFile one of {@link #NAMES}, or a file
     * @throws UserException naming file, line, setting, what was found and what was expected
     */
    public static BenchmarkFile read(String nameOrFile) {
        return new BenchmarkFile(nameOrFile, load(nameOrFile, new ArrayList<>()));
    }

    /** The file of a benchmark that comes with Espalier, with its comments. */
    public static String text(String name) {
        try (InputStream in = BenchmarkFile.class.getResourceAsStream("benchmarks/" + name + ".yaml")) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Yaml load(String nameOrFile, List<String> chain) {
        if (chain.contains(nameOrFile)) {
            throw new UserException(String.join(" extends ", chain) + " extends " + nameOrFile + ": a circle");
        }
        chain.add(nameOrFile);
        Yaml yaml;
        if (NAMES.contains(nameOrFile)) {
            yaml = Yaml.parse(text(nameOrFile), "benchmark " + nameOrFile, true);
        } else {
            Path file = UserPath.of(nameOrFile, "the benchmark");
            if (!Files.exists(file)) {
                throw new UserException("there is no benchmark and no file " + nameOrFile + "; "
                        + Names.nearest(nameOrFile, NAMES)
                                .map(near -> "did you mean benchmark " + near + "?")
                                .orElse("benchmarks are " + String.join(", ", NAMES)));
            }
            yaml = pathsOf(Yaml.parse(ExperimentFile.text(file, nameOrFile), nameOrFile, true), file);
        }
        if (!(yaml instanceof Yaml.Mapping(Map<String, Yaml> values, String place))
                || !(values.get(EXTENDS) instanceof Yaml.Scalar base)) {
            return yaml;
        }
        Map<String, Yaml> own = new LinkedHashMap<>(values);
        own.remove(EXTENDS);
        return Yaml.merge(load(base.text(), chain), new Yaml.Mapping(own, place));
    }

    /** The document with the paths of its experiments absolute. */
    private static Yaml pathsOf(Yaml yaml, Path file) {
        if (!(yaml instanceof Yaml.Mapping(Map<String, Yaml> values, String place))) {
            return yaml;
        }
        Map<String, Yaml> changed = new LinkedHashMap<>(values);
        changed.computeIfPresent(EXPERIMENT, (_, value) -> RelativePaths.resolved(value, file));
        return new Yaml.Mapping(changed, place);
    }

    private Yaml methods(Yaml methods) {
        if (!(methods instanceof Yaml.Sequence(List<Yaml> values, String place))) {
            return methods;
        }
        List<Yaml> plain = new ArrayList<>();
        for (Yaml method : values) {
            if (method instanceof Yaml.Mapping(Map<String, Yaml> members, String where)) {
                Map<String, Yaml> own = new LinkedHashMap<>(members);
                Yaml change = experiment(own, where);
                if (own.get(NAME) instanceof Yaml.Scalar name && changes.put(name.text(), change) != null) {
                    throw new UserException(where + ": methods has " + name.text() + " twice");
                }
                plain.add(new Yaml.Mapping(own, where));
            } else {
                plain.add(method);
            }
        }
        return new Yaml.Sequence(plain, place);
    }

    /** Takes the experiment out of a mapping; an empty one if it has none. */
    private static Yaml experiment(Map<String, Yaml> values, String place) {
        Yaml experiment = values.remove(EXPERIMENT);
        if (experiment == null) {
            return new Yaml.Mapping(Map.of(), place);
        }
        for (List<String> path : GIVEN) {
            Yaml found = experiment;
            for (String name : path) {
                found = found instanceof Yaml.Mapping(Map<String, Yaml> members, String ignored)
                        ? members.get(name)
                        : null;
            }
            if (found != null) {
                throw new UserException(found.place() + ": experiment." + String.join(".", path)
                        + " is given, expected none: it follows from the benchmark's own settings");
            }
        }
        return experiment;
    }

    private void check() {
        Set<String> names = new LinkedHashSet<>();
        for (BenchmarkSettings.Method method : settings.methods()) {
            names.add(method.name());
            if (settings.updates() % method.trainings() != 0) {
                throw new UserException(source + ": updates is " + settings.updates() + ", expected a multiple of "
                        + method.trainings() + ", the trainings of method " + method.name());
            }
        }
        for (String name : settings.omit()) {
            if (!names.contains(name)) {
                throw new UserException(source + ": omit has " + name + ", " + Names.suggestion(name, names));
            }
        }
    }

    /** The settings. */
    public BenchmarkSettings settings() {
        return settings;
    }

    /** The methods that are not left out. */
    public List<BenchmarkSettings.Method> methods() {
        return settings.methods().stream()
                .filter(method -> !settings.omit().contains(method.name()))
                .toList();
    }

    /**
     * The whole definition in YAML, without comments and with what it extends. Reading it gives an equal benchmark, and equal
     * benchmarks have equal text.
     */
    public String write() {
        StringBuilder out = new StringBuilder();
        write(whole, 0, out);
        return out.toString();
    }

    private static void write(Yaml yaml, int indent, StringBuilder out) {
        switch (yaml) {
            case Yaml.Scalar scalar ->
                out.append(' ')
                        .append(scalar.quoted() ? org.espalier.lab.file.Json.write(scalar.text()) : scalar.text())
                        .append('\n');
            case Yaml.Mapping(Map<String, Yaml> values, String ignored) when values.isEmpty() -> out.append(" {}\n");
            case Yaml.Sequence(List<Yaml> values, String ignored) when values.isEmpty() -> out.append(" []\n");
            case Yaml.Mapping(Map<String, Yaml> values, String ignored) -> {
                out.append(out.isEmpty() ? "" : "\n");
                values.forEach((name, value) -> {
                    out.append(" ".repeat(indent)).append(name).append(':');
                    write(value, indent + 2, out);
                });
            }
            case Yaml.Sequence(List<Yaml> values, String ignored) -> {
                out.append('\n');
                values.forEach(value -> {
                    out.append(" ".repeat(indent)).append('-');
                    write(value, indent + 2, out);
                });
            }
        }
    }

    /**
     * The experiment of a method.
     *
     * @param sparsity share of weights, or of units, to prune
     * @param trials at least 1
     * @throws UserException if its settings do not go together
     */
    public Experiment experiment(BenchmarkSettings.Method method, double sparsity, int trials) {
        String id = id(method, sparsity);
        int iterations = settings.updates() / method.trainings();
        BigDecimal share = BigDecimal.valueOf(sparsity);
        Map<String, BigDecimal> numbers = new LinkedHashMap<>();
        numbers.put("density", BigDecimal.ONE.subtract(share));
        numbers.put("sparsity", share);
        numbers.put("epsilon", BigDecimal.valueOf(settings.evaluation().epsilon()));
        numbers.put("updates", BigDecimal.valueOf(settings.updates()));
        numbers.put("iterations", BigDecimal.valueOf(iterations));
        Yaml yaml = Yaml.merge(
                NetworkForms.whole(shared),
                NetworkForms.whole(Objects.requireNonNull(changes.get(method.name()), method.name())));
        yaml = filled(yaml, numbers);
        yaml = Yaml.merge(yaml, Yaml.at(List.of(NAME), new Yaml.Scalar(id, true, source)));
        yaml = Yaml.merge(yaml, Yaml.at(List.of("trials"), new Yaml.Scalar(Integer.toString(trials), false, source)));
        yaml = Yaml.merge(
                yaml,
                Yaml.at(
                        List.of("training", "iterations"),
                        new Yaml.Scalar(Integer.toString(iterations), false, source)));
        try {
            Experiment experiment = Validation.resolve(Binder.bind(Experiment.class, yaml), yaml);
            check(method, experiment);
            return experiment;
        } catch (UserException e) {
            throw new UserException("method " + method.name() + ": " + e.getMessage(), e);
        }
    }

    /**
     * Whether this benchmark has all of another one: the same budget, all of its evaluation, and for each of its methods and
     * sparsities an equal experiment. It may have more.
     */
    public boolean contains(BenchmarkFile other) {
        if (settings.updates() != other.settings.updates()
                || !settings.evaluation().contains(other.settings.evaluation())) {
            return false;
        }
        for (BenchmarkSettings.Method method : other.methods()) {
            List<Double> sparsities = other.settings.sparsities(method);
            if (!methods().contains(method) || !settings.sparsities(method).containsAll(sparsities)) {
                return false;
            }
            for (double sparsity : sparsities) {
                if (!experiment(method, sparsity, 1).equals(other.experiment(method, sparsity, 1))) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Name of the experiment of a method at a sparsity: {@code snip-s95}. */
    public static String id(BenchmarkSettings.Method method, double sparsity) {
        return method.name() + "-s"
                + BigDecimal.valueOf(sparsity)
                        .movePointRight(2)
                        .stripTrailingZeros()
                        .toPlainString();
    }

    private void check(BenchmarkSettings.Method method, Experiment experiment) {
        if (experiment.data().sets().size() != 1
                || experiment.objectives().size() != 1
                || experiment.strategies().size() != 1) {
            throw new UserException(
                    source + ": the experiment has " + experiment.data().sets().size()
                            + " data sets, " + experiment.objectives().size() + " objectives and "
                            + experiment.strategies().size() + " strategies, expected one of each");
        }
        int levels = Strategy.of(experiment.strategies().getFirst()).prunes()
                ? experiment.pruning().levels()
                : 0;
        // A method that prunes initial weights has a dense level before it that is no part of it.
        int expected = method.prunes() == BenchmarkSettings.Stage.BEFORE && levels > 0 ? levels : levels + 1;
        if (method.trainings() != expected) {
            throw new UserException(source + ": trainings is " + method.trainings() + ", expected " + expected
                    + ": it prunes " + Names.dashed(method.prunes().name()) + " training, with " + levels
                    + " prunings in its experiment");
        }
    }

    private static Yaml filled(Yaml yaml, Map<String, BigDecimal> numbers) {
        return switch (yaml) {
            case Yaml.Scalar scalar
            when !scalar.quoted() && scalar.text().indexOf('$') >= 0 ->
                new Yaml.Scalar(filled(scalar, numbers), false, scalar.place());
            case Yaml.Scalar scalar -> scalar;
            case Yaml.Mapping(Map<String, Yaml> values, String place) -> {
                Map<String, Yaml> changed = new LinkedHashMap<>();
                values.forEach((name, value) -> changed.put(name, filled(value, numbers)));
                yield new Yaml.Mapping(changed, place);
            }
            case Yaml.Sequence(List<Yaml> values, String place) ->
                new Yaml.Sequence(
                        values.stream().map(value -> filled(value, numbers)).toList(), place);
        };
    }

    private static String filled(Yaml.Scalar scalar, Map<String, BigDecimal> numbers) {
        Matcher matcher = PLACE.matcher(scalar.text());
        return matcher.replaceAll(found -> {
            BigDecimal number = numbers.get(found.group(1));
            if (number == null) {
                throw new UserException(scalar.place() + ": $" + found.group(1) + " is no place for a number, "
                        + Names.suggestion(found.group(1), numbers.keySet()));
            }
            boolean whole = number.scale() <= 0;
            if (found.group(2) != null) {
                BigDecimal by = new BigDecimal(found.group(3));
                if (by.signum() == 0) {
                    throw new UserException(
                            scalar.place() + ": " + found.group() + " has 0, expected a number above 0");
                }
                number = found.group(2).equals("/")
                        ? number.divide(by, MathContext.DECIMAL64)
                        : number.multiply(by, MathContext.DECIMAL64);
            }
            return (whole ? number.setScale(0, RoundingMode.DOWN) : number.stripTrailingZeros()).toPlainString();
        });
    }
}
