package org.espalier.lab.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.IntToDoubleFunction;
import org.espalier.UserException;
import org.espalier.attack.Attack;
import org.espalier.data.DataSet;
import org.espalier.engine.Mode;
import org.espalier.evaluate.EvaluationSchedule;
import org.espalier.evaluate.EvaluationSettings;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.network.LayerList;
import org.espalier.lab.network.NetworkInput;
import org.espalier.lab.network.NetworkSize;
import org.espalier.network.Architecture;
import org.espalier.network.Graph;
import org.espalier.network.Mask;
import org.espalier.network.NamedNetworks;
import org.espalier.network.Shape;
import org.espalier.prune.CriterionKind;
import org.espalier.prune.Pruner;
import org.espalier.prune.PruningResources;
import org.espalier.prune.Quota;
import org.espalier.prune.QuotaKind;
import org.espalier.prune.Scope;
import org.espalier.ticket.PruningSchedule;
import org.espalier.ticket.Restart;
import org.espalier.ticket.ScheduleKind;
import org.espalier.train.AdversarialMethod;
import org.espalier.train.NaturalMethod;
import org.espalier.train.Objective;
import org.espalier.train.ObjectiveContext;
import org.espalier.train.ObjectiveKind;
import org.espalier.train.Ramp;
import org.espalier.train.TrainingSettings;
import org.espalier.train.mask.MaskRule;
import org.espalier.train.mask.MaskRuleKind;
import org.espalier.train.rate.LearningRate;
import org.espalier.train.rate.RateScheduleKind;

/** An experiment's settings as the core's. */
public final class ExperimentTranslator {
    private ExperimentTranslator() {}

    /**
     * Updates of a level: {@code training.iterations}, or what {@code pruning.schedule} shortens it to.
     *
     * @param last number of the chain's last level
     */
    public static int iterations(Experiment experiment, int level, int last) {
        int whole = experiment.training().iterations();
        if (level == 0) {
            return whole;
        }
        double share = ScheduleKind.of(experiment.pruning().schedule()).length(level, last);
        return (int) Math.clamp(Math.round(share * whole), 1, whole);
    }

    /** A number of updates of a whole level, as a level of so many iterations has it. */
    private static int scaled(Experiment experiment, int updates, int iterations) {
        int whole = experiment.training().iterations();
        return iterations == whole ? updates : (int) Math.round((double) updates * iterations / whole);
    }

    /** What the training of a level minimises; bounds come back to it at once where only level 0 has the ramp. */
    public static Objective objective(Experiment experiment, Experiment.Objective objective, int level) {
        return objective(experiment, objective, level, experiment.training().iterations());
    }

    private static Objective objective(
            Experiment experiment, Experiment.Objective objective, int level, int iterations) {
        if (objective.bound().isPresent()) {
            return certified(experiment, objective.bound().get(), level, iterations);
        }
        return ObjectiveKind.of(
                objective
                        .method()
                        .orElseGet(
                                () -> objective.attack().isPresent() ? new AdversarialMethod() : new NaturalMethod()),
                new ObjectiveContext(
                        objective.attack().map(experiment::attack),
                        objective.naturalShare().orElse(objective.attack().isPresent() ? 0.5 : 1),
                        level,
                        objective
                                .epsilonRamp()
                                .filter(ramp -> level == 0 || ramp.levels() == Experiment.RampedLevels.EACH)
                                .map(ramp -> new Ramp(
                                        scaled(experiment, ramp.start(), iterations),
                                        scaled(experiment, ramp.length(), iterations),
                                        Ramp.Shape.LINEAR))
                                .orElse(Ramp.NONE),
                        experiment.training().attackStatistics().map(ExperimentTranslator::mode)));
    }

    private static Mode mode(Experiment.AttackStatistics statistics) {
        return switch (statistics) {
            case RUNNING -> Mode.EVALUATION;
            case BATCH -> Mode.BATCH_STATISTICS;
        };
    }

    private static Objective.Certified certified(Experiment experiment, String name, int level) {
        return certified(experiment, name, level, experiment.training().iterations());
    }

    private static Objective.Certified certified(Experiment experiment, String name, int level, int iterations) {
        Experiment.BoundSettings bound =
                Objects.requireNonNull(experiment.bounds().get(name), name);
        Experiment.Schedule schedule = bound.schedule();
        Ramp ramp = level > 0 && schedule.levels() == Experiment.RampedLevels.FIRST
                ? Ramp.NONE
                : new Ramp(
                        scaled(experiment, schedule.warmUp().orElseThrow(), iterations),
                        scaled(experiment, schedule.ramp().orElseThrow(), iterations),
                        schedule.shape());
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

    /**
     * How a level is trained. Above level 0 a restart from the weights of iteration k takes the learning rate up at iteration k.
     *
     * @param restart of the level's strategy
     */
    public static TrainingSettings training(
            Experiment experiment, Experiment.Objective objective, int level, Restart restart) {
        return training(
                experiment, objective, level, restart, experiment.training().iterations());
    }

    /**
     * The same of a level that may be shorter than others: its schedules are shortened alike.
     *
     * @param iterations of the level
     */
    public static TrainingSettings training(
            Experiment experiment, Experiment.Objective objective, int level, Restart restart, int iterations) {
        Experiment.Training training = experiment.training();
        return new TrainingSettings(
                objective(experiment, objective, level, iterations),
                training.optimizer(),
                training.batch(),
                training.labelSmoothing().train(),
                training.l1(),
                training.l2(),
                training.augmentation(),
                new LearningRate(
                        RateScheduleKind.of(training.rateSchedule()),
                        iterations,
                        scaled(experiment, training.rateWarmUp(), iterations),
                        level == 0 ? 0 : scaled(experiment, restart.rateFrom(), iterations)),
                training.weightDecay(),
                training.clipGradient().map(OptionalDouble::of).orElse(OptionalDouble.empty()));
    }

    /** How the mask of level 0 changes in training; empty where pruning alone makes masks. */
    public static Optional<MaskRule> maskRule(Experiment experiment) {
        return experiment.training().mask().map(MaskRuleKind::of);
    }

    public static EvaluationSettings evaluation(Experiment experiment, Experiment.Objective objective) {
        LinkedHashMap<String, Attack> attacks = new LinkedHashMap<>();
        experiment.evaluation().attacks().forEach(name -> attacks.put(name, experiment.attack(name)));
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
                CriterionKind.of(pruning.criterion()),
                pruning.scope(),
                pruning.count(),
                pruning.least(),
                pruning.ties());
    }

    /** What criteria may read of an objective beside its natural loss. */
    public static PruningResources.Loss loss(Experiment experiment, Experiment.Objective objective) {
        return new PruningResources.Loss(
                objective.attack().map(experiment::attack),
                objective.naturalShare().orElse(objective.attack().isPresent() ? 0.5 : 1),
                objective.bound().map(name -> certified(experiment, name, 0)));
    }

    /**
     * The network for a data set.
     *
     * @param start the network of {@code network.from}, if the experiment names one
     * @throws UserException if its layers do not fit the data; the message names the setting, the layer and both sizes
     */
    public static Architecture architecture(Experiment experiment, DataSet set, Optional<StartNetwork> start) {
        Experiment.Network network = experiment.network();
        if (start.isPresent()) {
            if (experiment.training().mask().isPresent()) {
                throw new UserException(
                        "training.mask is given, expected none with network.from: its rule begins with a mask of its own");
            }
            return fitting(
                    start.get().network().mask().architecture(), start.get().file(), set);
        }
        network.tooLarge(set.features(), network.outputs().orElse(set.classes()))
                .ifPresent(problem -> {
                    throw new UserException(network.setting() + " " + problem + " for data set " + set.name());
                });
        Shape image = NetworkInput.of(set);
        try {
            Architecture architecture = NetworkInput.standardised(architecture(network, image, set.classes()), set);
            checkMaskRule(experiment, architecture);
            return architecture;
        } catch (IllegalArgumentException e) {
            throw new UserException(
                    network.setting() + (network.setting().endsWith("kind") ? " is " + network.kind() + ", which" : "")
                            + " does not fit data set " + set.name() + ": " + e.getMessage(),
                    e);
        }
    }

    /** Refuses a rule that cannot work on the network. */
    private static void checkMaskRule(Experiment experiment, Architecture architecture) {
        try {
            maskRule(experiment).ifPresent(rule -> rule.check(architecture));
        } catch (IllegalArgumentException e) {
            throw new UserException("training.mask does not fit the network: " + e.getMessage(), e);
        }
    }

    private static Architecture fitting(Architecture architecture, String file, DataSet set) {
        Shape image = NetworkInput.of(set);
        Shape input = architecture.graph().input();
        if (architecture.inputs() != set.features() || input.dimensions() > 1 && !input.equals(image)) {
            throw new UserException("network.from " + file + " reads " + input + ", expected " + image
                    + ", the images of data set " + set.name());
        } else if (architecture.classes() < set.classes()) {
            throw new UserException("network.from " + file + " has " + architecture.classes()
                    + " outputs, expected at least " + set.classes() + ", the classes of data set " + set.name());
        }
        return architecture;
    }

    /**
     * The network for images of a shape.
     *
     * @param image channels x rows x columns
     * @throws IllegalArgumentException if its layers do not fit; the message names the layer
     */
    public static Architecture architecture(Experiment.Network network, Shape image, int classes) {
        int outputs = network.outputs().orElse(classes);
        if (network.mlp()) {
            return Architecture.of(
                    image.elements(),
                    network.hidden().orElseThrow(),
                    outputs,
                    network.biases().orElseThrow());
        }
        Graph graph;
        if (network.layers().isPresent()) {
            graph = LayerList.graph(network.layers().get(), image, classes);
            Shape last = graph.shape(graph.output());
            if (last.dimensions() == 1 && last.elements() != classes) {
                throw new IllegalArgumentException("layer " + graph.output() + " gives " + last
                        + " outputs, expected as many as the data has classes, " + classes);
            }
        } else {
            graph = NamedNetworks.graph(network.kind(), image, outputs);
            if (network.normalise().isPresent()) {
                graph = LayerList.normalised(
                        graph,
                        network.normalise().get().mean(),
                        network.normalise().get().std());
            }
        }
        NetworkSize.checkWeights(graph, Experiment.Network.MOST_WEIGHTS);
        return new Architecture(graph);
    }

    /**
     * The fractions to prune by level and layer.
     *
     * @throws UserException if the quota names layers that the network does not have
     */
    public static PruningSchedule pruningSchedule(Experiment experiment, Architecture architecture) {
        Experiment.Pruning pruning = experiment.pruning();
        Quota quota = QuotaKind.of(pruning.quotaOrFractions());
        checkFloor(pruning, architecture);
        List<Double> fractions;
        try {
            // Asked on its own so that a message names the setting that is wrong.
            fractions = pruning.levels() == 0 ? List.of() : quota.fractions(architecture, pruning.levels());
        } catch (IllegalArgumentException e) {
            throw new UserException("pruning.quota does not fit the network: " + e.getMessage(), e);
        }
        try {
            return PruningSchedule.of(
                    (_, _) -> fractions, ScheduleKind.of(pruning.schedule()), architecture, pruning.levels());
        } catch (IllegalArgumentException e) {
            throw new UserException("pruning.schedule does not fit pruning.levels: " + e.getMessage(), e);
        }
    }

    /** Refuses a floor that no pruning could keep. */
    private static void checkFloor(Experiment.Pruning pruning, Architecture architecture) {
        int floor = pruning.least().orElse(0);
        for (int layer = 0; layer < architecture.layers(); layer++) {
            int room = pruning.scope() == Scope.NEURON ? architecture.inputs(layer) : architecture.weights(layer);
            if (floor > room) {
                throw new UserException("pruning.floor is " + floor + ", expected at most " + room + ", the weights of "
                        + (pruning.scope() == Scope.NEURON ? "an output of " : "") + "layer "
                        + architecture.node(layer));
            }
        }
    }

    /**
     * Number of surviving weights at each level, from level 0 to the last that prunes a weight.
     *
     * @param start mask of level 0, where the experiment names a network to start from; else level 0 is dense
     * @return (level) surviving weights of the whole network
     */
    public static List<Integer> survivors(Experiment experiment, Architecture architecture, Optional<Mask> start) {
        Pruner pruner = pruner(experiment);
        PruningSchedule schedule = pruningSchedule(experiment, architecture);
        try {
            List<Integer> kept = survivors(schedule, pruner, architecture, start);
            // A floor of 1 keeps layers from being emptied; a larger one is a wish, and must go with the density wished
            // for.
            int floor = experiment.pruning().least().orElse(0);
            if (floor > 1) {
                Pruner free = new Pruner(
                        pruner.criterion(), pruner.scope(), pruner.counting(), OptionalInt.of(0), pruner.ties());
                int wanted = survivors(schedule, free, architecture, start).getLast();
                if (kept.getLast() > wanted) {
                    throw new UserException("pruning.floor is " + floor + ", which keeps " + kept.getLast()
                            + " weights at the last level, expected a floor that allows the " + wanted
                            + " that the density asks for");
                }
            }
            return kept;
        } catch (IllegalArgumentException e) {
            throw new UserException("network.from does not go with pruning: " + e.getMessage(), e);
        }
    }

    private static List<Integer> survivors(
            PruningSchedule schedule, Pruner pruner, Architecture architecture, Optional<Mask> start) {
        return start.isPresent() ? schedule.survivors(start.get(), pruner) : schedule.survivors(architecture, pruner);
    }

    /**
     * About how dense the first layer is at each level, for estimates of time before the data are known: images count as 784
     * inputs, or as 1 x 28 x 28 or else 3 x 32 x 32 values, and classes as 10 where the experiment does not say, and weights are
     * not rounded.
     *
     * @param known the network of {@code network.from}, if the experiment names one and it is known; that file is not read here
     * @return density by level; levels above {@code pruning.levels} have its density. 1 for networks that fit no such images, and
     *     for one to start from that is not known
     */
    public static IntToDoubleFunction estimatedDensities(Experiment experiment, Optional<Architecture> known) {
        Optional<Architecture> network =
                experiment.network().from().isPresent() ? known : estimated(experiment.network());
        if (network.isEmpty()) {
            return _ -> 1;
        }
        PruningSchedule schedule = pruningSchedule(experiment, network.get());
        List<Double> densities = new ArrayList<>(List.of(1.0));
        schedule.prunings().forEach(fractions -> densities.add(densities.getLast() * (1 - fractions.getFirst())));
        return level -> densities.get(Math.min(level, densities.size() - 1));
    }

    private static Optional<Architecture> estimated(Experiment.Network network) {
        Shape flat = Shape.of(network.inputs().orElse(784));
        List<Shape> shapes = network.mlp() ? List.of(flat) : List.of(Shape.of(1, 28, 28), Shape.of(3, 32, 32));
        for (Shape shape : shapes) {
            try {
                return Optional.of(architecture(network, shape, 10));
            } catch (IllegalArgumentException e) {
                // It is for images of another shape.
            }
        }
        return Optional.empty();
    }
}
