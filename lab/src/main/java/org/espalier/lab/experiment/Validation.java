package org.espalier.lab.experiment;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.espalier.UserException;
import org.espalier.attack.Norm;
import org.espalier.prune.Scope;

/** Checks between settings, and the defaults that depend on other settings. */
final class Validation {
    private final Yaml yaml;

    private Validation(Yaml yaml) {
        this.yaml = yaml;
    }

    /**
     * The experiment with every setting said.
     *
     * @param yaml where it was read from, for messages
     */
    static Experiment resolve(Experiment experiment, Yaml yaml) {
        Validation validation = new Validation(yaml);
        if (experiment.attacks().containsKey("none")) {
            throw validation.wrong("attacks", "has an attack named none, the name that stands for natural images");
        }
        Experiment.Network network = experiment.network();
        // The data's pixels and classes are not known here: they are checked again with it.
        network.tooLarge(network.inputs().orElse(1), network.outputs().orElse(1))
                .ifPresent(problem -> {
                    throw validation.wrong("network.hidden", problem);
                });
        List<Experiment.Objective> objectives = experiment.objectives().stream()
                .map(objective -> validation.resolve(objective, experiment))
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
        experiment.attacks().forEach((name, attack) -> {
            if (attack instanceof Experiment.AttackSettings.Pgd pgd && pgd.restarts() > 1 && !pgd.randomStart()) {
                throw validation.wrong(
                        "attacks." + name + ".restarts",
                        "is " + pgd.restarts()
                                + ", expected 1 as random-start is false: all restarts would be the same");
            }
        });
        for (String attack : experiment.evaluation().attacks()) {
            validation.known(attack, experiment, "evaluation.attacks");
        }
        for (String strategy : experiment.strategies()) {
            if (Strategy.of(strategy).snapshot().orElse(0)
                    > experiment.training().iterations()) {
                throw validation.wrong(
                        "strategies",
                        "has " + strategy + ", expected an iteration of level 0's "
                                + experiment.training().iterations());
            }
        }
        Experiment.Pruning pruning = experiment.pruning();
        if (pruning.scope() == Scope.GLOBAL && pruning.hidden() != pruning.output()) {
            throw validation.wrong(
                    "pruning.output",
                    "is " + pruning.output() + ", expected pruning.hidden's " + pruning.hidden()
                            + " as scope is global");
        }
        experiment.robustness().ifPresent(robustness -> validation.check(robustness, objectives, experiment));
        // Attacks that nothing uses are left out: they determine nothing.
        Set<String> used = new HashSet<>(experiment.evaluation().attacks());
        objectives.forEach(objective -> objective.attack().ifPresent(used::add));
        Map<String, Experiment.AttackSettings> attacks = new LinkedHashMap<>(experiment.attacks());
        attacks.keySet().retainAll(used);
        return new Experiment(
                experiment.name(),
                experiment.seed(),
                experiment.trials(),
                experiment.data(),
                experiment.network(),
                experiment.training(),
                attacks,
                objectives,
                experiment.evaluation(),
                pruning,
                experiment.strategies(),
                experiment.report(),
                experiment.robustness());
    }

    private void check(Experiment.Robustness robustness, List<Experiment.Objective> objectives, Experiment experiment) {
        if (robustness.norm() == Norm.LINF && robustness.epsilon() > 1) {
            throw wrong(
                    "robustness.epsilon",
                    "is " + robustness.epsilon() + ", expected at most 1: pixel values lie in 0 to 1");
        }
        if (robustness.weights() == Experiment.WeightChoice.BEST_VALIDATION) {
            if (!experiment.evaluation().splits().contains(Experiment.EvaluationSplit.VALIDATION)) {
                throw wrong(
                        "robustness.weights",
                        "is best-validation, expected validation among evaluation.splits to choose by");
            }
            for (Experiment.Objective objective : objectives) {
                objective
                        .attack()
                        .filter(attack -> !experiment.evaluation().attacks().contains(attack))
                        .ifPresent(attack -> {
                            throw wrong(
                                    "robustness.weights",
                                    "is best-validation, expected " + attack
                                            + ", which objective " + objective.name()
                                            + " trains against, among evaluation.attacks to choose by");
                        });
            }
        }
    }

    private Experiment.Objective resolve(Experiment.Objective objective, Experiment experiment) {
        boolean natural = objective.name().equals(Experiment.Objective.NATURAL);
        if (natural
                && (objective.attack().isPresent() || objective.naturalShare().orElse(1.0) != 1)) {
            throw wrong("objectives", "has an objective natural with an attack; give it another name");
        }
        if (natural) {
            return new Experiment.Objective(objective.name(), Optional.empty(), Optional.of(1.0));
        }
        String attack = objective.attack().orElse(objective.name());
        known(attack, experiment, "objectives");
        if (objective.naturalShare().orElse(0.5) == 1) {
            throw wrong(
                    "objectives",
                    "has " + objective.name() + " with a natural-share of 1, expected a number below 1,"
                            + " or the objective natural");
        }
        return new Experiment.Objective(
                objective.name(),
                Optional.of(attack),
                Optional.of(objective.naturalShare().orElse(0.5)));
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

    private UserException wrong(String path, String problem) {
        Yaml at = yaml;
        for (String name : path.split("\\.", -1)) {
            if (at instanceof Yaml.Mapping(Map<String, Yaml> values, String ignored)
                    && values.get(name) instanceof Yaml value) {
                at = value;
            }
        }
        return new UserException(at.place() + ": " + path + " " + problem);
    }
}
