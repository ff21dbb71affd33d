package org.espalier.lab.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.espalier.attack.Attack;
import org.espalier.attack.Fgsm;
import org.espalier.attack.Pgd;
import org.espalier.evaluate.EvaluationSchedule;
import org.espalier.evaluate.EvaluationSettings;
import org.espalier.lab.experiment.Experiment;
import org.espalier.network.Architecture;
import org.espalier.prune.Criterion;
import org.espalier.prune.Pruner;
import org.espalier.ticket.PruningSchedule;
import org.espalier.train.Objective;
import org.espalier.train.OptimizerSettings;
import org.espalier.train.Ramp;
import org.espalier.train.TrainingSettings;

/** An experiment's settings as the core's. */
public final class ExperimentTranslator {
    private ExperimentTranslator() {}

    /** The attack of a name. */
    public static Attack attack(Experiment experiment, String name) {
        return switch (Objects.requireNonNull(experiment.attacks().get(name), name)) {
            case Experiment.AttackSettings.Fgsm fgsm -> new Fgsm((float) fgsm.epsilon(), fgsm.label());
            case Experiment.AttackSettings.Pgd pgd ->
                new Pgd(
                        (float) pgd.epsilon(),
                        (float) pgd.step(),
                        pgd.steps(),
                        pgd.randomStart(),
                        pgd.restarts(),
                        pgd.keep(),
                        pgd.label());
        };
    }

    /** What the training of a level minimises; bounds come back to it at once where only level 0 has the ramp. */
    public static Objective objective(Experiment experiment, Experiment.Objective objective, int level) {
        if (objective.bound().isPresent()) {
            return certified(experiment, objective.bound().get(), level);
        }
        return objective
                .attack()
                .<Objective>map(name ->
                        new Objective.Adversarial(objective.naturalShare().orElse(0.5), attack(experiment, name)))
                .orElseGet(Objective.Natural::new);
    }

    private static Objective.Certified certified(Experiment experiment, String name, int level) {
        Experiment.BoundSettings bound =
                Objects.requireNonNull(experiment.bounds().get(name), name);
        Experiment.Schedule schedule = bound.schedule();
        Ramp ramp = level > 0 && schedule.levels() == Experiment.RampedLevels.FIRST
                ? Ramp.NONE
                : new Ramp(schedule.warmUp().orElseThrow(), schedule.ramp().orElseThrow(), schedule.shape());
        return new Objective.Certified(
                ramp,
                new Objective.FromTo(schedule.startEpsilon(), bound.epsilon()),
                new Objective.FromTo(
                        schedule.naturalShare().first(), schedule.naturalShare().last()),
                switch (bound) {
                    case Experiment.BoundSettings.Ibp _ -> new Objective.FromTo(0, 0);
                    case Experiment.BoundSettings.CrownIbp crown ->
                        new Objective.FromTo(
                                crown.linearShare().first(), crown.linearShare().last());
                });
    }

    public static TrainingSettings training(Experiment experiment, Experiment.Objective objective, int level) {
        Experiment.Training training = experiment.training();
        OptimizerSettings optimizer = switch (training.optimizer()) {
            case Experiment.Optimizer.Adam adam ->
                new OptimizerSettings.Adam(adam.rate(), adam.beta1(), adam.beta2(), adam.epsilon());
            case Experiment.Optimizer.Sgd sgd -> new OptimizerSettings.Momentum(sgd.rate(), sgd.momentum());
        };
        return new TrainingSettings(
                objective(experiment, objective, level),
                optimizer,
                training.batch(),
                training.labelSmoothing().train(),
                training.l1(),
                training.l2());
    }

    public static EvaluationSettings evaluation(Experiment experiment, Experiment.Objective objective) {
        LinkedHashMap<String, Attack> attacks = new LinkedHashMap<>();
        experiment.evaluation().attacks().forEach(name -> attacks.put(name, attack(experiment, name)));
        return new EvaluationSettings(
                attacks,
                switch (experiment.evaluation().loss()) {
                    case ATTACK -> Optional.empty();
                    case OBJECTIVE -> Optional.of(objective(experiment, objective, 0));
                },
                objective.bound().map(name -> EvaluationSettings.Bound.last(name, certified(experiment, name, 0))),
                experiment.evaluation().accuracy());
    }

    public static EvaluationSchedule schedule(Experiment experiment, int trainingImages) {
        int every = experiment.evaluation().every();
        return switch (experiment.evaluation().timing()) {
            case EXACT -> new EvaluationSchedule.Every(every);
            case AS_PUBLISHED ->
                new EvaluationSchedule.AsPublished(
                        every,
                        Math.ceilDiv(trainingImages, experiment.training().batch()));
        };
    }

    public static double smoothing(Experiment experiment, Experiment.EvaluationSplit split) {
        return switch (split) {
            case VALIDATION -> experiment.training().labelSmoothing().validation();
            case TEST -> experiment.training().labelSmoothing().test();
        };
    }

    public static Pruner pruner(Experiment experiment) {
        Experiment.Pruning pruning = experiment.pruning();
        return new Pruner(
                switch (pruning.criterion()) {
                    case MAGNITUDE -> Criterion.MAGNITUDE;
                    case RANDOM -> Criterion.RANDOM;
                },
                pruning.scope(),
                pruning.count());
    }

    public static PruningSchedule pruningSchedule(Experiment experiment, Architecture architecture) {
        List<Double> fractions = new ArrayList<>();
        for (int layer = 0; layer < architecture.layers(); layer++) {
            fractions.add(
                    layer < architecture.layers() - 1
                            ? experiment.pruning().hidden()
                            : experiment.pruning().output());
        }
        return new PruningSchedule(fractions, experiment.pruning().levels());
    }
}
