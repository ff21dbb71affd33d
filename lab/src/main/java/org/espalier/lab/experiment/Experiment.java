package org.espalier.lab.experiment;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.espalier.attack.Attack;
import org.espalier.attack.Norm;
import org.espalier.attack.ThreatModel;
import org.espalier.attack.TrainingAttackKind;
import org.espalier.data.Augmentation;
import org.espalier.data.DataSet;
import org.espalier.data.SplitRule;
import org.espalier.data.Splits;
import org.espalier.evaluate.AttackedAccuracy;
import org.espalier.lab.network.LayerSettings;
import org.espalier.network.InitialWeights;
import org.espalier.prune.CountingRule;
import org.espalier.prune.CriterionKind;
import org.espalier.prune.LayerFractions;
import org.espalier.prune.Pruner;
import org.espalier.prune.QuotaKind;
import org.espalier.prune.Scope;
import org.espalier.random.Stream;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;
import org.espalier.setting.Shorthand;
import org.espalier.ticket.RestartKind;
import org.espalier.ticket.ScheduleKind;
import org.espalier.train.ObjectiveKind;
import org.espalier.train.OptimizerSettings;
import org.espalier.train.Ramp;
import org.espalier.train.mask.MaskRuleKind;
import org.espalier.train.rate.RateScheduleKind;

/**
 * An experiment, fully resolved: the grid data sets x objectives x strategies x trials and how each is trained, attacked,
 * pruned and measured. The records here are the settings of an experiment file; docs/reference/settings.md describes them.
 */
public record Experiment(
        @Setting(
                value = "name of the experiment, for titles and the output directory",
                preset = "experiment",
                pattern = Names.PATTERN,
                form = Names.FORM)
        String name,

        @Setting(value = "seed of all randomness, any 64-bit integer", preset = "1")
        long seed,

        @Setting(value = "independent repetitions of each chain of levels", preset = "5", min = 1)
        int trials,

        @Setting(value = "data sets and how they are split", preset = "{}")
        Data data,

        @Setting(value = "the network before pruning", preset = "{}")
        Network network,

        @Setting(value = "how each level is trained", preset = "{}")
        Training training,

        @Setting(
                value = "attacks by name, used by objectives and evaluation",
                preset = "{fgsm: {kind: fgsm}, pgd: {kind: pgd}}",
                kinds = TrainingAttackKind.class,
                pattern = Names.PATTERN,
                form = Names.FORM)
        Map<String, Record> attacks,

        @Setting(
                value = "bounds by name, used by certified objectives; ibp and crown-ibp are there unless redefined",
                preset = "{}",
                addedLater = true,
                pattern = Names.PATTERN,
                form = Names.FORM)
        Map<String, BoundSettings> bounds,

        @Setting(
                value = "training objectives: natural, the name of an attack or of a bound (ibp, crown-ibp), or a"
                        + " mapping",
                preset = "[natural, fgsm, pgd]",
                minItems = 1)
        List<Objective> objectives,

        @Setting(value = "what is measured while training, and when", preset = "{}")
        Evaluation evaluation,

        @Setting(value = "how networks are pruned between levels", preset = "{}")
        Pruning pruning,

        @Setting(
                value = "what survivors restart from: original, random, continued, as-published, rewind-K (the weights"
                        + " after K iterations of level 0), rate-rewind-K (continued, with the learning rate of iteration"
                        + " K on), sign-constant, or none (level 0 alone)",
                preset = "[original, random, continued]",
                minItems = 1,
                kinds = RestartKind.class)
        List<String> strategies,

        @Setting(value = "what tables show", preset = "{}") Report report,

        @Setting(
                value = "a suite of attacks on every finished level, run when the search is done; none if not given",
                addedLater = true)
        Optional<Robustness> robustness) {
    /** Most repetitions of each chain. */
    public static final int MOST_TRIALS = 1_000_000;

    /** Most chains of levels. */
    public static final int MOST_CHAINS = 10_000_000;

    /** Chains of levels: one for each data set, objective, strategy and trial. As many levels can train at once. */
    public int chains() {
        return Math.multiplyExact(
                Math.multiplyExact(data.sets().size(), objectives.size()),
                Math.multiplyExact(strategies.size(), trials));
    }

    /**
     * The attack of a name.
     *
     * @throws NullPointerException if {@link #attacks} has none
     */
    public Attack attack(String name) {
        return TrainingAttackKind.of(Objects.requireNonNull(attacks.get(name), name));
    }

    /** The ball of the attack or bound of a name; empty where there is none of it. */
    public Optional<ThreatModel> ball(String name) {
        return attacks.containsKey(name)
                ? Optional.of(attack(name).threat())
                : Optional.ofNullable(bounds.get(name))
                        .map(bound -> new ThreatModel(Norm.LINF, (float) bound.epsilon()));
    }

    /** Data sets and their split. */
    public record Data(
            @Setting(value = "data sets: names, or mappings of name and directory", preset = "[digits]", minItems = 1)
            List<DataSource> sets,

            @Setting(value = "validation images, of the training images; the rest train", preset = "10000", min = 1)
            int validation,

            @Setting(
                    value =
                            "which training images are for validation: first, shuffled, or stratified: each class in the"
                                    + " same share",
                    preset = "first",
                    addedLater = true)
            SplitRule split) {
        /** A data set's splits. */
        public Splits splits(DataSet set, int images, long seed) {
            return set.splits(images, split, Stream.root(seed).child("validation split"));
        }
    }

    /** One data set. */
    @Shorthand
    public record DataSource(
            @Setting(
                    value = "name of a known data set, or a name of your own for a directory",
                    pattern = Names.PATTERN,
                    form = Names.FORM)
            String name,

            @Setting("directory with the files of a data format, relative to the file that names it")
            Optional<String> directory) {}

    /** The dense network: a fully connected one, one that papers call by a name, or a list of layers. */
    @Shorthand
    public record Network(
            @Setting(
                    value =
                            "mlp: fully connected, ReLU between layers; layers: those of the setting layers; or a network's"
                                    + " name, e.g. cnn-small: \"espalier networks\" lists them",
                    preset = "mlp",
                    addedLater = true,
                    pattern = Names.PATTERN,
                    form = Names.FORM)
            String kind,

            @Setting(
                    value = "neurons of each hidden layer of an mlp; [300, 100] if not given",
                    min = 1,
                    max = 1_000_000)
            Optional<List<Integer>> hidden,

            @Setting(value = "inputs; if given, must equal the values of an image", min = 1)
            OptionalInt inputs,

            @Setting(
                    value =
                            "outputs, at least the number of classes; as many if not given. A list of layers ends with them",
                    min = 2)
            OptionalInt outputs,

            @Setting(
                    "whether each neuron of an mlp has a bias; biases start at zero and are never pruned; false if not given")
            Optional<Boolean> biases,

            @Setting(value = "distribution of initial weights", preset = "glorot-uniform")
            InitialWeights initial,

            @Setting(
                    value = "normalises pixels inside a network with a name; not at all if not given",
                    addedLater = true)
            Optional<Normalisation> normalise,

            @Setting(
                    value = "layers in order; each reads the one before, and the last gives the logits",
                    addedLater = true,
                    minItems = 1)
            Optional<List<LayerSettings>> layers,

            @Setting(
                    value =
                            "file of a ticket to start from: its layers, weights and pruned weights take the place of all other"
                                    + " settings of the network",
                    addedLater = true)
            Optional<String> from) {
        /** The kind of fully connected networks. */
        public static final String MLP = "mlp";

        /** The kind of networks that a file lists layer by layer. */
        public static final String LAYERS = "layers";

        /** Most weights of a network: a checkpoint has at most 13 bytes for each, is one array, and has room for a header of 1 MiB. */
        public static final long MOST_WEIGHTS = ((1L << 31) - (1L << 20)) / 13;

        /** Whether it is fully connected by its kind. */
        public boolean mlp() {
            return kind.equals(MLP);
        }

        /** The setting that says which layers there are, for messages. */
        public String setting() {
            return mlp() ? "network.hidden" : kind.equals(LAYERS) ? "network.layers" : "network.kind";
        }

        /**
         * What is wrong with the size of the fully connected network with these inputs and outputs, to follow its setting's
         * name; empty if nothing is, or if it is of another kind.
         */
        public Optional<String> tooLarge(int inputs, int outputs) {
            if (!mlp()) {
                return Optional.empty();
            }
            long weights = 0;
            long before = inputs;
            for (int width : hidden.orElse(List.of())) {
                weights += before * width;
                before = width;
            }
            weights += before * outputs;
            return weights <= MOST_WEIGHTS
                    ? Optional.empty()
                    : Optional.of("is " + hidden.orElse(List.of()) + ", which makes " + weights
                            + " weights, expected at most " + MOST_WEIGHTS + " in the network");
        }
    }

    /** Fixed normalisation of pixels, {@code (x - mean) / std}. */
    public record Normalisation(
            @Setting(value = "mean of each channel, in pixel values 0 to 1", minItems = 1)
            List<Double> mean,

            @Setting(
                    value = "standard deviation of each channel, in pixel values 0 to 1",
                    minItems = 1,
                    min = 0,
                    above = true)
            List<Double> std) {
        public Normalisation {
            mean = List.copyOf(mean);
            std = List.copyOf(std);
            if (mean.size() != std.size()) {
                throw new IllegalArgumentException(
                        "mean has " + mean.size() + " channels and std has " + std.size() + ", expected as many");
            }
        }
    }

    /** The training of one level. */
    public record Training(
            @Setting(value = "updates in each level", preset = "50000", min = 1)
            int iterations,

            @Setting(value = "images in each update; an epoch's last batch has the rest", preset = "60", min = 1)
            int batch,

            @Setting(value = "optimizer, with fresh moments at every level", preset = "{kind: adam}")
            OptimizerSettings optimizer,

            @Setting(value = "label smoothing, as fractions", preset = "{}")
            LabelSmoothing labelSmoothing,

            @Setting(value = "weight of the L1 penalty: adds l1 * sum |w| to the loss", preset = "0", min = 0)
            double l1,

            @Setting(value = "weight of the L2 penalty: adds l2 / 2 * sum w^2 to the loss", preset = "0", min = 0)
            double l2,

            @Setting(
                    value = "random changes of training images; attacks work on the changed image. None if not given",
                    addedLater = true)
            Optional<Augmentation> augmentation,

            @Setting(
                    value = "decoupled weight decay (AdamW, SGDW): an update first multiplies each surviving weight by"
                            + " 1 - rate * weight-decay, with the rate of that update; biases do not decay. l2 is the"
                            + " coupled form",
                    preset = "0",
                    min = 0,
                    addedLater = true)
            double weightDecay,

            @Setting(
                    value = "course of the learning rate over a level, as a factor of optimizer.rate",
                    preset = "constant",
                    addedLater = true,
                    kinds = RateScheduleKind.class,
                    bare = true)
            Record rateSchedule,

            @Setting(
                    value = "iterations of a linear warm-up of the learning rate, which multiplies any rate-schedule",
                    preset = "0",
                    min = 0,
                    addedLater = true)
            int rateWarmUp,

            @Setting(
                    value = "largest global L2 norm of the gradient; larger ones are scaled to it; no limit if not"
                            + " given",
                    min = 0,
                    above = true,
                    addedLater = true)
            Optional<Double> clipGradient,

            @Setting(
                    value = "weights that a level gives to pruning, files and evaluation: last: after the last update;"
                            + " best-attacked, best-clean: of the highest validation accuracy under the objective's"
                            + " attack or bound (clean for natural), or on clean images, among the measured"
                            + " iterations",
                    preset = "last",
                    addedLater = true)
            KeptWeights keepWeights,

            @Setting(
                    value =
                            "statistics that batch norms have while training makes attacks: running, as in evaluation, or"
                                    + " batch, those of the attacked batch, without moving the running ones. If not given: running,"
                                    + " but an attack from the clean pass (fgsm) shares the pass of the update and its statistics",
                    addedLater = true)
            Optional<AttackStatistics> attackStatistics,

            @Setting(
                    value = "how the mask of level 0 changes in training, or is learnt, for strategies [none]; pruning"
                            + " makes masks between levels if not given",
                    addedLater = true,
                    kinds = MaskRuleKind.class,
                    bare = true)
            Optional<Record> mask) {}

    /** Statistics of batch norms in attacks. */
    public enum AttackStatistics {
        RUNNING,
        BATCH
    }

    /** Which of its weights a level keeps as the trained ones. */
    public enum KeptWeights {
        LAST,
        BEST_ATTACKED,
        BEST_CLEAN
    }

    /** A ramp of the training attack's epsilon. */
    public record EpsilonRamp(
            @Setting(value = "iterations of a level before epsilon rises from 0", preset = "0", min = 0)
            int start,

            @Setting(value = "iterations in which epsilon and steps rise to the attack's, in a straight line", min = 1)
            int length,

            @Setting(value = "levels that have the ramp: each, or first: level 0 alone", preset = "each")
            RampedLevels levels) {}

    /** The share of the target that is spread evenly over all classes. */
    public record LabelSmoothing(
            @Setting(value = "on training labels", preset = "0", min = 0, max = 1, below = true)
            double train,

            @Setting(value = "on validation labels (losses only)", preset = "0", min = 0, max = 1, below = true)
            double validation,

            @Setting(value = "on test labels (losses only)", preset = "0", min = 0, max = 1, below = true)
            double test) {}

    /** A bound of the worst case within an L-infinity ball cut at 0 and 1, and how training comes to it. */
    public sealed interface BoundSettings {
        double epsilon();

        Schedule schedule();

        /** Interval bound propagation. */
        @Kind("ibp")
        record Ibp(
                @Setting(
                        value = "radius of the L-infinity ball at the ramp's end, in pixel values 0 to 1",
                        preset = "0.1",
                        min = 0,
                        max = 1)
                double epsilon,

                @Setting(value = "how training comes to it", preset = "{}")
                Schedule schedule)
                implements BoundSettings {}

        /** Linear bounds between interval bounds, handing over to interval bounds. */
        @Kind("crown-ibp")
        record CrownIbp(
                @Setting(
                        value = "radius of the L-infinity ball at the ramp's end, in pixel values 0 to 1",
                        preset = "0.1",
                        min = 0,
                        max = 1)
                double epsilon,

                @Setting(value = "how training comes to it", preset = "{}")
                Schedule schedule,

                @Setting(
                        value = "share of the linear bound in the margins, the rest being interval bounds'; the same"
                                + " twice to keep it fixed",
                        preset = "{}")
                LinearShare linearShare)
                implements BoundSettings {}
    }

    /** The share of linear bounds over the ramp. */
    public record LinearShare(
            @Setting(value = "before the ramp", preset = "1", min = 0, max = 1)
            double first,

            @Setting(value = "after it", preset = "0", min = 0, max = 1)
            double last) {}

    /** The share of the natural loss over the ramp. */
    public record NaturalShare(
            @Setting(value = "before the ramp", preset = "1", min = 0, max = 1)
            double first,

            @Setting(value = "after it", preset = "0.5", min = 0, max = 1, below = true)
            double last) {}

    /** A ramp of epsilon and what goes with it. */
    public record Schedule(
            @Setting(
                    value = "iterations of a level before epsilon rises; a twenty-fifth of training.iterations if not"
                            + " given",
                    min = 0)
            OptionalInt warmUp,

            @Setting(value = "iterations in which epsilon rises; a fifth of training.iterations if not given", min = 0)
            OptionalInt ramp,

            @Setting(
                    value = "linear: in a straight line; smoothed: with the fourth power for a quarter of the ramp,"
                            + " then in a straight line",
                    preset = "linear")
            Ramp.Shape shape,

            @Setting(
                    value = "radius before the ramp, in pixel values 0 to 1; at most epsilon",
                    preset = "0",
                    min = 0,
                    max = 1)
            double startEpsilon,

            @Setting(value = "share of the natural loss; the rest is the loss of the worst case", preset = "{}")
            NaturalShare naturalShare,

            @Setting(
                    value = "levels that have warm-up and ramp: each, or first: level 0 alone, others start at the end",
                    preset = "each")
            RampedLevels levels) {}

    /** Levels with a ramp. */
    public enum RampedLevels {
        EACH,
        FIRST
    }

    /** What training minimises. */
    @Shorthand
    public record Objective(
            @Setting(
                    value =
                            "name in files and tables; natural or the name of an attack or bound needs no other setting",
                    pattern = Names.PATTERN,
                    form = Names.FORM)
            String name,

            @Setting("attack to train against; the objective's name if not given, none if the name is natural")
            Optional<String> attack,

            @Setting(
                    value = "share of the natural loss; the rest is the loss on attacked images (0.5 if not given, 1"
                            + " for natural)",
                    min = 0,
                    max = 1)
            Optional<Double> naturalShare,

            @Setting(
                    value = "bound to train against in place of an attack; the objective's name if that is a bound's",
                    addedLater = true)
            Optional<String> bound,

            @Setting(
                    value = "method of training, in place of the cross-entropy of natural and attacked images",
                    addedLater = true,
                    kinds = ObjectiveKind.class,
                    bare = true)
            Optional<Record> method,

            @Setting(
                    value = "ramp of the attack's epsilon and step lengths while training; none if not given",
                    addedLater = true)
            Optional<EpsilonRamp> epsilonRamp) {
        /** An objective of the built-in methods. */
        public Objective(String name, Optional<String> attack, Optional<Double> naturalShare, Optional<String> bound) {
            this(name, attack, naturalShare, bound, Optional.empty(), Optional.empty());
        }

        /** The objective without an attack. */
        public static final String NATURAL = "natural";
    }

    /** Measurements. */
    public record Evaluation(
            @Setting(value = "iterations between measurements", preset = "500", min = 1)
            int every,

            @Setting(
                    value = "exact: after every so many updates; as-published: after updates 1 and 501 of each epoch,"
                            + " labelled 0, 500, 1000, ...",
                    preset = "exact")
            Timing timing,

            @Setting(value = "splits to measure", preset = "[validation, test]", minItems = 1)
            List<EvaluationSplit> splits,

            @Setting(value = "attacks to measure with, beside natural images", preset = "[fgsm, pgd]")
            List<String> attacks,

            @Setting(
                    value = "loss of an attacked measurement: attack: of the attacked images; objective: the training"
                            + " objective (as published)",
                    preset = "attack")
            LossKind loss,

            @Setting(value = "images of each split to measure, its first; all if not given", min = 1)
            OptionalInt images,

            @Setting(
                    value = "when an image counts as right under an attack: kept-point: where the attack ends (keep);"
                            + " worst-case: unattacked and everywhere that the attack goes, which is attacked no"
                            + " further once it is wrong",
                    preset = "kept-point",
                    addedLater = true)
            AttackedAccuracy accuracy) {}

    /** When to measure. */
    public enum Timing {
        EXACT,
        AS_PUBLISHED
    }

    /** Splits that are measured. */
    public enum EvaluationSplit {
        VALIDATION,
        TEST
    }

    /** Losses that are recorded. */
    public enum LossKind {
        ATTACK,
        OBJECTIVE
    }

    /** Pruning. */
    public record Pruning(
            @Setting(value = "prunings after the dense level 0", preset = "20", min = 0, max = 1000)
            int levels,

            @Setting(
                    value = "what makes a weight worth keeping",
                    preset = "magnitude",
                    kinds = CriterionKind.class,
                    bare = true)
            Record criterion,

            @Setting(
                    value =
                            "layer: each layer loses its fraction; global: all weights are ranked together; neuron: each"
                                    + " output of a layer loses the layer's fraction of its weights",
                    preset = "layer")
            Scope scope,

            @Setting(
                    value = "fraction of the surviving weights of each hidden layer to prune, per level",
                    preset = "0.2",
                    min = 0,
                    max = 1)
            double hidden,

            @Setting(
                    value =
                            "fraction of the surviving weights of the output layer to prune, per level; with scope global, hidden's"
                                    + " or 0, with which the layer stays whole and is not ranked",
                    preset = "0.1",
                    min = 0,
                    max = 1)
            double output,

            @Setting(
                    value =
                            "exact: round(p n) weights; as-published: one more per layer and level; open-lth: ceil(p n) + 1, with n"
                                    + " of layers that stay too; of-all: until round(r N) of all N weights are gone, r the share that all levels so far prune",
                    preset = "exact")
            CountingRule count,

            @Setting(
                    value = "density by layer; if given, hidden and output are not used",
                    addedLater = true,
                    kinds = QuotaKind.class,
                    bare = true)
            Optional<Record> quota,

            @Setting(
                    value = "how much is pruned at which level: geometric: the same fraction of the survivors at each;"
                            + " one-shot: all at level 1",
                    preset = "geometric",
                    addedLater = true,
                    kinds = ScheduleKind.class,
                    bare = true)
            Record schedule,

            @Setting(
                    value =
                            "weights that each layer keeps at least (each output, with scope neuron; units, with a criterion"
                                    + " of units), or none; the criterion's own if not given: none for magnitude and random, 1 for"
                                    + " the others",
                    addedLater = true,
                    pattern = "none|0|[1-9][0-9]{0,8}",
                    form = "none or a whole number")
            Optional<String> floor,

            @Setting(
                    value = "which of equal scores goes first: position: the lower position; random: a seeded draw; the"
                            + " criterion's own if not given: position for magnitude and random, random for the others",
                    addedLater = true)
            Optional<Pruner.Ties> ties) {
        /** The floor as a number; empty for the criterion's own. */
        public OptionalInt least() {
            return floor.isEmpty()
                    ? OptionalInt.empty()
                    : OptionalInt.of(floor.get().equals("none") ? 0 : Integer.parseInt(floor.get()));
        }

        /** The quota; the fractions of {@link #hidden} and {@link #output} if none is given. */
        public Record quotaOrFractions() {
            return quota.orElseGet(() -> new LayerFractions(hidden, output));
        }
    }

    /** What tables show. */
    public record Report(
            @Setting(
                    value = "iteration at which tables compare, or the nearest one measured; the last if not given",
                    min = 0)
            OptionalInt iteration) {}

    /** A robustness evaluation of every level. */
    public record Robustness(
            @Setting(
                    value = "suite of attacks: standard, fast, paper, thorough, or a YAML file of one's own",
                    preset = "standard")
            String suite,

            @Setting(value = "norm of the ball", preset = "linf")
            Norm norm,

            @Setting(value = "radius of the ball, in pixel values 0 to 1", preset = "0.3", min = 0, above = true)
            double epsilon,

            @Setting(value = "test images to attack, the first ones", preset = "1000", min = 1)
            int images,

            @Setting(
                    value = "weights of each level: final, or best-validation: those of the least validation objective,"
                            + " which the search then keeps",
                    preset = "final")
            WeightChoice weights) {}

    /** Which weights of a level are evaluated. */
    public enum WeightChoice {
        /** Those after the last update. */
        FINAL,
        /** Those of the least loss on validation images, where the search keeps them. */
        BEST_VALIDATION
    }
}
