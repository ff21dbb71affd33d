package org.espalier.lab.experiment;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.espalier.UserException;
import org.espalier.attack.Norm;
import org.espalier.attack.TrainingAttackKind;
import org.espalier.evaluate.AttackedAccuracy;
import org.espalier.lab.network.LayerList;
import org.espalier.lab.network.LayerSettings;
import org.espalier.network.NamedNetworks;
import org.espalier.prune.Criterion;
import org.espalier.prune.CriterionKind;
import org.espalier.prune.LossChoice;
import org.espalier.prune.QuotaKind;
import org.espalier.prune.Scope;
import org.espalier.prune.UnitCriterion;
import org.espalier.prune.quota.Uniform;
import org.espalier.setting.Registry;
import org.espalier.ticket.ScheduleKind;
import org.espalier.train.AdversarialMethod;
import org.espalier.train.NaturalMethod;
import org.espalier.train.ObjectiveContext;
import org.espalier.train.ObjectiveKind;
import org.espalier.train.mask.MaskRule;
import org.espalier.train.mask.MaskRuleKind;
import org.espalier.train.rate.RateScheduleKind;

/** Checks between settings, and the defaults that depend on other settings. */
final class Validation {
    private final Yaml yaml;

    private Validation(Yaml yaml) {
        this.yaml = yaml;
    }

    /**
     * The experiment with every setting filled in.
     *
     * @param yaml where it was read from, for messages
     */
    static Experiment resolve(Experiment experiment, Yaml yaml) {
        Validation validation = new Validation(yaml);
        validation.checkSize(experiment);
        if (experiment.attacks().containsKey("none")) {
            throw validation.wrong("attacks", "has an attack named none, the name that stands for natural images");
        }
        if (experiment.bounds().containsKey("none")) {
            throw validation.wrong("bounds", "has a bound named none, the name that stands for natural images");
        }
        Experiment.Network network = validation.resolve(experiment.network());
        // The data's pixels and classes are not known here: they are checked again with it.
        network.tooLarge(network.inputs().orElse(1), network.outputs().orElse(1))
                .ifPresent(problem -> {
                    throw validation.wrong("network.hidden", problem);
                });
        validation.checkTraining(experiment.training());
        Map<String, Experiment.BoundSettings> bounds = validation.bounds(experiment);
        List<Experiment.Objective> objectives = experiment.objectives().stream()
                .map(objective -> validation.resolve(objective, experiment, bounds.keySet()))
                .toList();
        validation.unique(
                "objectives",
                objectives.stream().map(Experiment.Objective::name).toList());
        validation.unique("strategies", experiment.strategies());
        validation.unique(
                "data.sets",
                experiment.data().sets().stream()
                        .map(Experiment.DataSource::name)
                        .toList());
        validation.unique(
                "evaluation.splits",
                experiment.evaluation().splits().stream()
                        .map(split -> Names.dashed(split.name()))
                        .toList());
        validation.unique("evaluation.attacks", experiment.evaluation().attacks());
        experiment
                .attacks()
                .forEach((name, attack) -> validation.created("attacks." + name, () -> TrainingAttackKind.of(attack)));
        validation.created(
                "pruning.criterion", () -> CriterionKind.of(experiment.pruning().criterion()));
        for (Experiment.Objective objective : objectives) {
            objective
                    .method()
                    .ifPresent(method -> validation.created(
                            "objectives",
                            () -> ObjectiveKind.of(
                                    method,
                                    new ObjectiveContext(
                                            objective.attack().map(experiment::attack),
                                            objective.naturalShare().orElse(1.0),
                                            0))));
        }
        for (String attack : experiment.evaluation().attacks()) {
            validation.known(attack, experiment, "evaluation.attacks");
        }
        if (experiment.evaluation().accuracy() == AttackedAccuracy.WORST_CASE
                && experiment.evaluation().loss() == Experiment.LossKind.OBJECTIVE) {
            throw validation.wrong(
                    "evaluation.accuracy",
                    "is worst-case, expected kept-point as evaluation.loss is objective: the published code's loss is"
                            + " of the points that attacks keep");
        }
        for (String strategy : experiment.strategies()) {
            if (Strategy.of(strategy).rateFrom() > experiment.training().iterations()) {
                throw validation.wrong(
                        "strategies",
                        "has " + strategy + ", expected an iteration of level 0's "
                                + experiment.training().iterations());
            }
        }
        Experiment.Pruning pruning = experiment.pruning();
        validation.created("pruning.quota", () -> QuotaKind.of(pruning.quotaOrFractions()));
        validation.created("pruning.schedule", () -> ScheduleKind.of(pruning.schedule()));
        validation.checkCriterion(CriterionKind.of(pruning.criterion()), pruning, objectives);
        if (pruning.levels() == 0
                && pruning.quota().isPresent()
                && experiment.strategies().stream()
                        .anyMatch(strategy -> Strategy.of(strategy).prunes())) {
            throw validation.wrong(
                    "pruning.levels", "is 0, expected at least 1 to come to the densities of pruning.quota");
        }
        if (pruning.scope() == Scope.GLOBAL
                && pruning.quota().filter(quota -> !(quota instanceof Uniform)).isPresent()) {
            throw validation.wrong(
                    "pruning.scope", "is global, expected layer: pruning.quota gives each layer its own fraction");
        }
        boolean units = CriterionKind.of(pruning.criterion()) instanceof UnitCriterion;
        if (pruning.scope() == Scope.GLOBAL
                && pruning.quota().isEmpty()
                && pruning.hidden() != pruning.output()
                && (pruning.output() != 0 || units)) {
            throw validation.wrong(
                    "pruning.output",
                    "is " + pruning.output() + ", expected pruning.hidden's " + pruning.hidden()
                            + (units ? "" : ", or 0 for an output layer that stays whole,") + " as scope is global");
        }
        experiment.robustness().ifPresent(robustness -> validation.check(robustness, objectives, experiment));
        validation.checkMask(objectives, experiment);
        switch (experiment.training().keepWeights()) {
            case LAST -> {}
            case BEST_ATTACKED -> {
                validation.checkValidation("training.keep-weights", "best-attacked", experiment);
                validation.checkAttacks("training.keep-weights", "best-attacked", objectives, experiment);
            }
            case BEST_CLEAN -> validation.checkValidation("training.keep-weights", "best-clean", experiment);
        }
        // Unused attacks and bounds are omitted, because they determine nothing.
        Set<String> used = new HashSet<>(experiment.evaluation().attacks());
        objectives.forEach(objective -> objective.attack().ifPresent(used::add));
        for (Experiment.Objective objective : objectives) {
            objective.bound().filter(used::contains).ifPresent(bound -> {
                throw validation.wrong(
                        "attacks",
                        "has " + bound + ", the name of the bound that objective " + objective.name()
                                + " is measured with too, expected another name for one of them");
            });
        }
        bounds.keySet()
                .retainAll(objectives.stream()
                        .flatMap(objective -> objective.bound().stream())
                        .toList());
        Map<String, Record> attacks = new LinkedHashMap<>(experiment.attacks());
        attacks.keySet().retainAll(used);
        return new Experiment(
                experiment.name(),
                experiment.seed(),
                experiment.trials(),
                experiment.data(),
                network,
                experiment.training(),
                attacks,
                bounds,
                objectives,
                experiment.evaluation(),
                pruning,
                experiment.strategies(),
                experiment.report(),
                experiment.robustness());
    }

    /** Numbers of chains have to fit, and no search of more of them ends. */
    private void checkSize(Experiment experiment) {
        int trials = experiment.trials();
        if (trials > Experiment.MOST_TRIALS) {
            throw wrong("trials", "is " + trials + ", expected at most " + Experiment.MOST_TRIALS);
        }
        BigInteger chains = Stream.of(
                        experiment.data().sets().size(),
                        experiment.objectives().size(),
                        experiment.strategies().size(),
                        trials)
                .map(BigInteger::valueOf)
                .reduce(BigInteger.ONE, BigInteger::multiply);
        if (chains.compareTo(BigInteger.valueOf(Experiment.MOST_CHAINS)) > 0) {
            throw wrong(
                    "trials",
                    "is " + trials + ", which makes " + chains + " chains of data sets, objectives, strategies and"
                            + " trials, expected at most " + Experiment.MOST_CHAINS);
        }
    }

    /** The network with hidden layers and biases said where its kind has them, and without what its kind does not have. */
    private Experiment.Network resolve(Experiment.Network network) {
        String kind = network.kind();
        boolean list = kind.equals(Experiment.Network.LAYERS);
        boolean named = NamedNetworks.all().containsKey(kind);
        if (!network.mlp() && !list && !named) {
            List<String> kinds = new ArrayList<>(List.of(Experiment.Network.MLP, Experiment.Network.LAYERS));
            kinds.addAll(NamedNetworks.all().keySet());
            throw wrong("network.kind", "is " + kind + ", " + Names.suggestion(kind, kinds));
        }
        if (!network.mlp()) {
            network.hidden().ifPresent(_ -> unfit(kind, "hidden", "a network of kind mlp has it"));
            network.biases().ifPresent(_ -> unfit(kind, "biases", "a network of kind mlp has it"));
        }
        if (!list) {
            network.layers().ifPresent(_ -> unfit(kind, "layers", "a network of kind layers has it"));
        }
        if (!named) {
            network.normalise().ifPresent(_ -> unfit(kind, "normalise", "a list of layers has a layer normalise"));
        }
        if (list) {
            network.outputs().ifPresent(_ -> unfit(kind, "outputs", "the last layer of the list has it"));
            List<LayerSettings> layers = network.layers()
                    .orElseThrow(() -> wrong("network.layers", "is missing, expected a list of layers"));
            created("network.layers", () -> {
                LayerList.check(layers);
                return layers;
            });
        }
        return new Experiment.Network(
                kind,
                network.mlp() ? Optional.of(network.hidden().orElse(List.of(300, 100))) : Optional.empty(),
                network.inputs(),
                network.outputs(),
                network.mlp() ? Optional.of(network.biases().orElse(false)) : Optional.empty(),
                network.initial(),
                network.normalise(),
                network.layers(),
                network.from());
    }

    private void unfit(String kind, String setting, String instead) {
        throw wrong("network." + setting, "is given, expected none for network.kind " + kind + ": " + instead);
    }

    private void check(Experiment.Robustness robustness, List<Experiment.Objective> objectives, Experiment experiment) {
        if (robustness.norm() == Norm.LINF && robustness.epsilon() > 1) {
            throw wrong(
                    "robustness.epsilon",
                    "is " + robustness.epsilon() + ", expected at most 1: pixel values lie in 0 to 1");
        }
        if (robustness.weights() == Experiment.WeightChoice.BEST_VALIDATION) {
            checkValidation("robustness.weights", "best-validation", experiment);
            checkAttacks("robustness.weights", "best-validation", objectives, experiment);
        }
    }

    /** Weights chosen by validation images need these measured. */
    private void checkValidation(String path, String value, Experiment experiment) {
        if (!experiment.evaluation().splits().contains(Experiment.EvaluationSplit.VALIDATION)) {
            throw wrong(path, "is " + value + ", expected validation among evaluation.splits to choose by");
        }
    }

    /** Weights chosen by the objectives' attacks need these measured. */
    private void checkAttacks(String path, String value, List<Experiment.Objective> objectives, Experiment experiment) {
        for (Experiment.Objective objective : objectives) {
            objective
                    .attack()
                    .filter(attack -> !experiment.evaluation().attacks().contains(attack))
                    .ifPresent(attack -> {
                        throw wrong(
                                path,
                                "is " + value + ", expected " + attack + ", which objective " + objective.name()
                                        + " trains against, among evaluation.attacks to choose by");
                    });
        }
    }

    private void checkTraining(Experiment.Training training) {
        created("training.rate-schedule", () -> RateScheduleKind.of(training.rateSchedule()));
        if (training.rateWarmUp() > training.iterations()) {
            throw wrong(
                    "training.rate-warm-up",
                    "is " + training.rateWarmUp() + ", expected at most training.iterations, " + training.iterations());
        }
        if (training.weightDecay() * training.optimizer().rate() >= 1) {
            throw wrong(
                    "training.weight-decay",
                    "is " + training.weightDecay() + ", expected a number below 1 / training.optimizer.rate, "
                            + 1 / training.optimizer().rate());
        }
    }

    /** Whether a criterion makes sense with the scope, the objectives and the counting rule. */
    private void checkCriterion(
            Criterion criterion, Experiment.Pruning pruning, List<Experiment.Objective> objectives) {
        if (!criterion.scopes().contains(pruning.scope())) {
            throw wrong(
                    "pruning.scope",
                    "is " + Names.dashed(pruning.scope().name()) + ", expected "
                            + String.join(
                                    " or ",
                                    criterion.scopes().stream()
                                            .map(scope -> Names.dashed(scope.name()))
                                            .toList())
                            + " for criterion " + criterion.name());
        }
        for (Experiment.Objective objective : objectives) {
            boolean there = switch (criterion.loss()) {
                case NATURAL -> true;
                case ADVERSARIAL, MIXED -> objective.attack().isPresent();
                case CERTIFIED -> objective.bound().isPresent();
            };
            if (!there) {
                throw wrong(
                        "pruning.criterion",
                        "has loss " + Names.dashed(criterion.loss().name()) + ", expected "
                                + (criterion.loss() == LossChoice.CERTIFIED ? "a bound" : "an attack")
                                + " in every objective: " + objective.name() + " has none");
            }
        }
    }

    /** A mask that changes in training, with what goes with it. */
    private void checkMask(List<Experiment.Objective> objectives, Experiment experiment) {
        Experiment.Training training = experiment.training();
        Record settings = training.mask().orElse(null);
        if (settings == null) {
            return;
        }
        String kind = Registry.kind(settings.getClass()).value();
        created("training.mask", () -> {
            MaskRule rule = MaskRuleKind.of(settings);
            rule.check(training.iterations());
            return rule;
        });
        experiment.strategies().stream()
                .filter(strategy -> Strategy.of(strategy).prunes())
                .findFirst()
                .ifPresent(strategy -> {
                    throw wrong(
                            "strategies",
                            "has " + strategy + ", expected [none]: training.mask is " + kind
                                    + ", which makes the masks of level 0 in place of pruning");
                });
        refuse(
                objectives,
                objective -> !objective
                        .method()
                        .map(ObjectiveKind::trainsUnderMaskRules)
                        .orElse(true),
                objective -> "is " + kind + ", which objective " + objective.name()
                        + " does not go with, expected a method that leaves weights and gradients to the rule");
        MaskRule rule = MaskRuleKind.of(settings);
        if (rule.prunesByZeros()) {
            refuse(
                    objectives,
                    objective ->
                            objective.method().map(ObjectiveKind::weightsMove).orElse(false),
                    objective -> "is " + kind
                            + ", which learns scores with zeros in place of pruned weights, expected no"
                            + " method that moves weights: objective " + objective.name() + " would move the zeros");
        }
        if (rule.allGradients()) {
            refuse(
                    objectives,
                    objective -> objective.bound().isPresent(),
                    objective -> "is " + kind + ", which needs gradients of pruned weights, and objective "
                            + objective.name() + " has none, expected an objective without a bound");
        }
        if (rule.robustLossesOnly()) {
            refuse(
                    objectives,
                    objective ->
                            objective.attack().isEmpty() && objective.bound().isEmpty(),
                    objective ->
                            "is " + kind + ", which learns from a robust loss, expected an attack or a bound in every"
                                    + " objective: " + objective.name() + " has none");
        }
        if (!rule.constantDensity() && training.keepWeights() != Experiment.KeptWeights.LAST) {
            throw wrong(
                    "training.keep-weights",
                    "is " + Names.dashed(training.keepWeights().name()) + ", expected last: training.mask is " + kind
                            + ", whose best weights may come before its mask");
        }
        experiment
                .robustness()
                .filter(robustness ->
                        !rule.constantDensity() && robustness.weights() == Experiment.WeightChoice.BEST_VALIDATION)
                .ifPresent(_ -> {
                    throw wrong(
                            "robustness.weights",
                            "is best-validation, expected final: training.mask is " + kind
                                    + ", whose best weights may come before its mask");
                });
    }

    /** Says what is wrong with the first objective that a mask rule does not go with. */
    private void refuse(
            List<Experiment.Objective> objectives,
            Predicate<Experiment.Objective> unfit,
            Function<Experiment.Objective, String> problem) {
        objectives.stream().filter(unfit).findFirst().ifPresent(objective -> {
            throw wrong("training.mask", problem.apply(objective));
        });
    }

    /** The ramp of an objective that can have one. */
    private void checkRamp(Experiment.Objective objective, Experiment experiment) {
        objective.epsilonRamp().ifPresent(ramp -> {
            if ((long) ramp.start() + ramp.length() > experiment.training().iterations()) {
                throw wrong(
                        "objectives",
                        "has " + objective.name() + " with an epsilon-ramp that ends at iteration "
                                + ((long) ramp.start() + ramp.length()) + ", expected at most training.iterations, "
                                + experiment.training().iterations());
            }
            String attack = objective.attack().orElse(objective.name());
            if (!experiment.attack(attack).scalable()) {
                throw wrong(
                        "objectives",
                        "has " + objective.name() + " with an epsilon-ramp, but attack " + attack
                                + " cannot be made smaller, expected an attack of kind fgsm or pgd");
            }
        });
    }

    private void noRamp(Experiment.Objective objective, String without) {
        if (objective.epsilonRamp().isPresent()) {
            throw wrong("objectives", "has " + objective.name() + " with an epsilon-ramp " + without);
        }
    }

    /** The experiment's bounds and the built-in ones, with every length of a schedule filled in. */
    private Map<String, Experiment.BoundSettings> bounds(Experiment experiment) {
        Map<String, Experiment.BoundSettings> all = new LinkedHashMap<>();
        for (String kind : List.of("ibp", "crown-ibp")) {
            all.put(kind, Binder.bound(kind));
        }
        all.putAll(experiment.bounds());
        all.replaceAll((name, bound) -> resolve(name, bound, experiment));
        return all;
    }

    private Experiment.BoundSettings resolve(String name, Experiment.BoundSettings bound, Experiment experiment) {
        Experiment.Schedule given = bound.schedule();
        int iterations = experiment.training().iterations();
        int warmUp = given.warmUp().orElse(iterations / 25);
        int ramp = given.ramp().orElse(Math.max(0, Math.min(iterations / 5, iterations - warmUp)));
        if ((long) warmUp + ramp > iterations) {
            throw wrong(
                    "bounds." + name + ".schedule",
                    "has a warm-up of " + warmUp + " and a ramp of " + ramp
                            + " iterations, expected no more together than training.iterations, " + iterations);
        }
        if (given.startEpsilon() > bound.epsilon()) {
            throw wrong(
                    "bounds." + name + ".schedule.start-epsilon",
                    "is " + given.startEpsilon() + ", expected at most epsilon, " + bound.epsilon());
        }
        Experiment.Schedule schedule = new Experiment.Schedule(
                OptionalInt.of(warmUp),
                OptionalInt.of(ramp),
                given.shape(),
                given.startEpsilon(),
                given.naturalShare(),
                given.levels());
        return switch (bound) {
            case Experiment.BoundSettings.Ibp ibp -> new Experiment.BoundSettings.Ibp(ibp.epsilon(), schedule);
            case Experiment.BoundSettings.CrownIbp crown ->
                new Experiment.BoundSettings.CrownIbp(crown.epsilon(), schedule, crown.linearShare());
        };
    }

    private Experiment.Objective resolve(Experiment.Objective objective, Experiment experiment, Set<String> bounds) {
        boolean natural = objective.name().equals(Experiment.Objective.NATURAL);
        if (natural && objective.method().isPresent()) {
            throw wrong("objectives", "has an objective natural with a method; give it another name");
        }
        if (!natural && objective.method().orElse(null) instanceof NaturalMethod) {
            throw wrong(
                    "objectives", "has " + objective.name() + " with method natural, expected the objective natural");
        }
        if (objective.method().isPresent() && !builtIn(objective.method().get())) {
            if (!ObjectiveKind.kindOf(objective.method().get()).ramps()) {
                noRamp(objective, "and a method that has none, expected one of them");
            }
            return ofMethod(objective, experiment);
        }
        if (natural
                && (objective.attack().isPresent()
                        || objective.bound().isPresent()
                        || objective.naturalShare().orElse(1.0) != 1)) {
            throw wrong("objectives", "has an objective natural with an attack or a bound; give it another name");
        }
        if (natural) {
            noRamp(objective, "and no attack, expected an attack");
            return new Experiment.Objective(objective.name(), Optional.empty(), Optional.of(1.0), Optional.empty());
        }
        boolean attacked = experiment.attacks().containsKey(objective.name());
        if (objective.bound().isPresent()
                || objective.attack().isEmpty() && !attacked && bounds.contains(objective.name())) {
            noRamp(objective, "and a bound, expected the ramp in the bound's schedule");
            return bounded(objective, experiment, bounds);
        }
        String attack = objective.attack().orElse(objective.name());
        if (objective.attack().isEmpty() && !attacked) {
            Set<String> names = new TreeSet<>(experiment.attacks().keySet());
            names.addAll(bounds);
            names.add(Experiment.Objective.NATURAL);
            throw wrong(
                    "objectives",
                    "names attack \"" + attack + "\", which attacks does not define; "
                            + Names.suggestion(attack, names));
        }
        known(attack, experiment, "objectives");
        if (objective.naturalShare().orElse(0.5) == 1) {
            throw wrong(
                    "objectives",
                    "has " + objective.name() + " with a natural-share of 1, expected a number below 1,"
                            + " or the objective natural");
        }
        checkRamp(objective, experiment);
        return new Experiment.Objective(
                objective.name(),
                Optional.of(attack),
                Optional.of(objective.naturalShare().orElse(0.5)),
                Optional.empty(),
                Optional.empty(),
                objective.epsilonRamp());
    }

    /** Whether a method is an objective's default. It is then omitted here and in the level's key. */
    private static boolean builtIn(Record method) {
        return method instanceof NaturalMethod || method instanceof AdversarialMethod;
    }

    /** An objective with a method of its own: it may name an attack, and its name is free. */
    private Experiment.Objective ofMethod(Experiment.Objective objective, Experiment experiment) {
        if (objective.bound().isPresent()) {
            throw wrong("objectives", "has " + objective.name() + " with a method and a bound, expected one of them");
        }
        if (experiment.evaluation().loss() == Experiment.LossKind.OBJECTIVE) {
            throw wrong(
                    "evaluation.loss",
                    "is objective, expected attack: the published code has no loss for objective " + objective.name()
                            + ", which has a method of its own");
        }
        objective.attack().ifPresent(attack -> known(attack, experiment, "objectives"));
        if (objective.epsilonRamp().isPresent() && objective.attack().isEmpty()) {
            throw wrong(
                    "objectives",
                    "has " + objective.name() + " with an epsilon-ramp and no attack, expected an attack");
        }
        checkRamp(objective, experiment);
        return new Experiment.Objective(
                objective.name(),
                objective.attack(),
                Optional.of(objective.naturalShare().orElse(objective.attack().isPresent() ? 0.5 : 1)),
                Optional.empty(),
                objective.method(),
                objective.epsilonRamp());
    }

    /**
     * Creates the objects that settings describe, so that settings that do not go together are found before any
     * training.
     */
    private void created(String path, Supplier<?> maker) {
        try {
            Objects.requireNonNull(maker.get());
        } catch (UserException | IllegalArgumentException e) {
            throw wrong(path, "cannot be used: " + e.getMessage());
        }
    }

    private Experiment.Objective bounded(Experiment.Objective objective, Experiment experiment, Set<String> bounds) {
        String bound = objective.bound().orElse(objective.name());
        if (objective.attack().isPresent()) {
            throw wrong("objectives", "has " + objective.name() + " with an attack and a bound, expected one of them");
        }
        if (!bounds.contains(bound)) {
            throw wrong(
                    "objectives",
                    "names bound \"" + bound + "\", which bounds does not define; " + Names.suggestion(bound, bounds));
        }
        if (objective.naturalShare().isPresent()) {
            throw wrong(
                    "objectives",
                    "has " + objective.name() + " with a natural-share, expected it in bounds." + bound
                            + ".schedule, where it goes with the ramp");
        }
        if (experiment.evaluation().loss() == Experiment.LossKind.OBJECTIVE) {
            throw wrong(
                    "evaluation.loss",
                    "is objective, expected attack: the published code has no loss for objective " + objective.name()
                            + ", which is of bounds");
        }
        return new Experiment.Objective(objective.name(), Optional.empty(), Optional.empty(), Optional.of(bound));
    }

    private void known(String attack, Experiment experiment, String path) {
        if (!experiment.attacks().containsKey(attack)) {
            throw wrong(
                    path,
                    "names attack \"" + attack + "\", which attacks does not define; "
                            + Names.suggestion(attack, experiment.attacks().keySet()));
        }
    }

    private void unique(String path, List<String> names) {
        Set<String> seen = new HashSet<>();
        for (String name : names) {
            if (!seen.add(name)) {
                throw wrong(path, "has " + name + " twice");
            }
        }
    }

    /** Names the place of a setting, or the nearest place around one that the file leaves at its default. */
    private UserException wrong(String path, String problem) {
        Yaml at = yaml;
        boolean given = true;
        for (String name : path.split("\\.", -1)) {
            if (given
                    && at instanceof Yaml.Mapping(Map<String, Yaml> values, String ignored)
                    && values.get(name) instanceof Yaml value) {
                at = value;
            } else {
                given = false;
            }
        }
        boolean byDefault = !given && !problem.startsWith("is missing");
        return new UserException(at.place() + ": " + path + (byDefault ? " (not given) " : " ") + problem);
    }
}
