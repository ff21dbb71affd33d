package org.espalier.lab.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.espalier.UserException;
import org.espalier.data.DataSet;
import org.espalier.data.SplitRule;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.experiment.ExperimentFile;
import org.espalier.lab.experiment.Strategy;
import org.espalier.lab.store.NetworkDescription;
import org.espalier.lab.store.StoreWriter;
import org.espalier.lab.store.StoredTrial;
import org.espalier.lab.store.TrialId;
import org.espalier.network.Architecture;
import org.espalier.network.InitialWeights;
import org.espalier.setting.Registry;

/**
 * All levels of an experiment, each once, and the trials that they make. Keys follow from settings and data alone, so
 * the whole plan is known before anything is trained.
 */
public final class Plan {
    private final Experiment experiment;
    private final Map<String, DataSet> data;
    private final Optional<StartNetwork> start;
    private final Map<String, Architecture> architectures = new HashMap<>(); // by data set
    private final List<StoredTrial> trials = new ArrayList<>();
    private final Map<String, Task> tasks = new LinkedHashMap<>();
    // The same for all levels; made once, as a grid has thousands.
    private final Map<String, Object> training;
    private final Map<String, Object> evaluation;
    private final Map<String, Map<String, Object>> parts = new HashMap<>(); // the same for many levels

    /**
     * Plans an experiment.
     *
     * @param data the experiment's data sets by name
     * @throws UserException if settings do not fit the data, or the network to start from cannot be read
     */
    public Plan(Experiment experiment, Map<String, DataSet> data) {
        this(experiment, data, StartNetwork.of(experiment));
    }

    /**
     * The same with the network of {@code network.from} read already.
     *
     * @throws UserException if settings do not fit the data
     */
    public Plan(Experiment experiment, Map<String, DataSet> data, Optional<StartNetwork> start) {
        this.experiment = experiment;
        this.data = data;
        this.start = start;
        this.training = ExperimentFile.identity(experiment.training());
        this.evaluation = evaluation();
        for (Experiment.DataSource source : experiment.data().sets()) {
            check(dataSet(source.name()));
            for (Experiment.Objective objective : experiment.objectives()) {
                for (String strategy : experiment.strategies()) {
                    for (int trial = 1; trial <= experiment.trials(); trial++) {
                        add(new TrialId(source.name(), objective.name(), strategy, trial), objective);
                    }
                }
            }
        }
    }

    private Plan(Plan whole, Set<String> keys) {
        experiment = whole.experiment;
        data = whole.data;
        start = whole.start;
        training = whole.training;
        evaluation = whole.evaluation;
        architectures.putAll(whole.architectures);
        trials.addAll(whole.trials);
        tasks.putAll(whole.tasks);
        tasks.keySet().retainAll(keys);
    }

    /**
     * The same plan with some of its levels only, for a worker that trains no others.
     *
     * @param keys of these levels; each level's parent is among them
     */
    public Plan part(Set<String> keys) {
        return new Plan(this, keys);
    }

    private void check(DataSet set) {
        Experiment.Network network = experiment.network();
        if (network.inputs().orElse(set.features()) != set.features()) {
            throw new UserException("network.inputs is " + network.inputs().getAsInt() + ", expected " + set.features()
                    + ", the pixels of an image of data set " + set.name());
        } else if (network.outputs().orElse(set.classes()) < set.classes()) {
            throw new UserException("network.outputs is " + network.outputs().getAsInt() + ", expected at least "
                    + set.classes() + ", the classes of data set " + set.name());
        } else if (experiment.data().validation() >= set.train().size()) {
            throw new UserException("data.validation is " + experiment.data().validation() + ", expected less than the "
                    + set.train().size() + " training images of data set " + set.name());
        }
        experiment
                .training()
                .augmentation()
                .flatMap(augmentation -> augmentation.unfit(set.shape()))
                .ifPresent(problem -> {
                    throw new UserException(
                            "training.augmentation.crop " + problem + ", as data set " + set.name() + " has them");
                });
        architecture(set); // says if it does not fit
    }

    /** The last level that prunes a weight. */
    private int lastLevel(DataSet set) {
        return ExperimentTranslator.survivors(
                                experiment,
                                architecture(set),
                                start.map(given -> given.network().mask()))
                        .size()
                - 1;
    }

    /** Where chains end before {@code pruning.levels}, a sentence for each data set. */
    public List<String> notes() {
        List<String> notes = new ArrayList<>();
        if (experiment.strategies().stream().map(Strategy::of).noneMatch(Strategy::prunes)) {
            return notes;
        }
        for (Experiment.DataSource source : experiment.data().sets()) {
            int last = lastLevel(dataSet(source.name()));
            if (last < experiment.pruning().levels()) {
                notes.add("pruning.levels is " + experiment.pruning().levels() + ", but level " + (last + 1)
                        + " of data set " + source.name() + " would prune nothing more: its trials end at level "
                        + last);
            }
        }
        return notes;
    }

    private void add(TrialId id, Experiment.Objective objective) {
        Strategy strategy = Strategy.of(id.strategy());
        int last = strategy.prunes() ? lastLevel(dataSet(id.dataset())) : 0;
        List<String> levels = new ArrayList<>();
        for (int number = 0; number <= last; number++) {
            Optional<String> parent = number == 0 ? Optional.empty() : Optional.of(levels.getLast());
            Map<String, Object> determinedBy = determinedBy(id, objective, number, last, parent);
            String key = StoreWriter.key(determinedBy);
            levels.add(key);
            tasks.putIfAbsent(
                    key, new Task(key, determinedBy, id, last, objective, strategy, number, parent, levels.getFirst()));
        }
        trials.add(new StoredTrial(id, levels));
    }

    /**
     * All that determines a level, and nothing else: names of experiments, objectives and strategies are not part of
     * it. A level's parent represents all levels before it. Members added later must be omitted while they have the
     * value that older code implied.
     */
    private Map<String, Object> determinedBy(
            TrialId id, Experiment.Objective objective, int number, int last, Optional<String> parent) {
        DataSet set = dataSet(id.dataset());
        Map<String, Object> by = new LinkedHashMap<>();
        by.put("numerics", Numerics.VERSION);
        by.put("data", once("data " + set.name(), () -> data(set)));
        by.put("network", once("network " + set.name(), () -> network(architecture(set))));
        by.put("training", training);
        by.put("objective", once("objective " + objective.name(), () -> objective(objective)));
        by.put("evaluation", evaluation);
        // The following settings add to the level's files, and a key determines a level's bytes. Older levels may train
        // on a bound without being measured with it.
        if (objective.bound().isPresent()) {
            by.put("measures", "worst-case");
        }
        if (keepsBest(experiment)) {
            by.put("keeps", "best-validation");
        }
        by.put("seed", experiment.seed());
        by.put("trial", id.trial());
        by.put("level", number);
        int iterations = ExperimentTranslator.iterations(experiment, number, last);
        if (iterations != experiment.training().iterations()) {
            by.put("iterations", iterations);
        }
        parent.ifPresent(key -> {
            by.put("parent", key);
            by.put("restart", restart(id.strategy(), number));
            by.put("pruning", once("pruning " + number + " " + set.name(), () -> pruning(architecture(set), number)));
        });
        return by;
    }

    private Map<String, Object> once(String name, Supplier<Map<String, Object>> part) {
        return parts.computeIfAbsent(name, _ -> part.get());
    }

    private Map<String, Object> data(DataSet set) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("digest", set.digest());
        data.put("validation", experiment.data().validation());
        if (experiment.data().split() != SplitRule.FIRST) {
            data.put("split", ExperimentFile.nameOf(experiment.data().split()));
        }
        return data;
    }

    /**
     * A fully connected network is described as it was before there were others. Initial weights of other networks stand in keys
     * where they are not the preset ones.
     */
    private Map<String, Object> network(Architecture architecture) {
        InitialWeights initial = experiment.network().initial();
        Map<String, Object> network = new LinkedHashMap<>();
        if (start.isPresent()) {
            network.putAll(NetworkDescription.write(architecture));
            network.put("start", start.get().digest());
            if (initial != InitialWeights.GLOROT_UNIFORM) {
                network.put("initial", ExperimentFile.nameOf(initial)); // of restarts that draw
            }
            return network;
        }
        if (architecture.fullyConnected().isPresent()) {
            network.put("widths", architecture.fullyConnected().get().widths());
            network.put("biases", architecture.fullyConnected().get().biases());
            network.put("initial", ExperimentFile.nameOf(initial));
            return network;
        }
        network.putAll(NetworkDescription.write(architecture));
        if (initial != InitialWeights.GLOROT_UNIFORM) {
            network.put("initial", ExperimentFile.nameOf(initial));
        }
        return network;
    }

    private Map<String, Object> objective(Experiment.Objective objective) {
        Map<String, Object> tree = new LinkedHashMap<>();
        if (objective.bound().isPresent()) {
            String name = objective.bound().get();
            Experiment.BoundSettings bound =
                    Objects.requireNonNull(experiment.bounds().get(name), name);
            tree.put("bound", ExperimentFile.identity((Record) bound));
            return tree;
        }
        tree.put("natural-share", objective.naturalShare().orElse(1.0));
        objective.attack().ifPresent(name -> tree.put("attack", attack(name)));
        objective.epsilonRamp().ifPresent(ramp -> tree.put("epsilon-ramp", ExperimentFile.identity(ramp)));
        objective.method().ifPresent(method -> tree.put("method", ExperimentFile.kindIdentity(method)));
        return tree;
    }

    private Map<String, Object> attack(String name) {
        Record settings = experiment.attacks().get(name);
        if (settings == null) {
            throw new IllegalStateException("attack " + name + " is not defined");
        }
        return ExperimentFile.identity(settings);
    }

    private Map<String, Object> evaluation() {
        Map<String, Object> tree = new LinkedHashMap<>(ExperimentFile.identity(experiment.evaluation()));
        tree.put(
                "attacks",
                experiment.evaluation().attacks().stream()
                        .map(name -> Map.of("name", name, "attack", attack(name)))
                        .toList());
        return tree;
    }

    private Map<String, Object> pruning(Architecture architecture, int number) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("criterion", ExperimentFile.kindIdentity(experiment.pruning().criterion()));
        tree.put("scope", ExperimentFile.nameOf(experiment.pruning().scope()));
        tree.put("count", ExperimentFile.nameOf(experiment.pruning().count()));
        experiment.pruning().least().ifPresent(floor -> tree.put("floor", floor));
        experiment.pruning().ties().ifPresent(ties -> tree.put("ties", ExperimentFile.nameOf(ties)));
        tree.put(
                "fractions",
                ExperimentTranslator.pruningSchedule(experiment, architecture).fractions(number));
        return tree;
    }

    /** The restart's part of the key. For level 1, "continued" and "as-published" are the same. */
    private static Object restart(String strategy, int number) {
        Record settings = Strategy.of(strategy).settings();
        if (!Registry.kind(settings.getClass()).provider().isEmpty()) {
            return ExperimentFile.identity(settings);
        }
        return number == 1 && strategy.equals("as-published") ? "continued" : strategy;
    }

    /** Whether levels keep the weights of their least validation objective. */
    public static boolean keepsBest(Experiment experiment) {
        return experiment
                .robustness()
                .filter(robustness -> robustness.weights() == Experiment.WeightChoice.BEST_VALIDATION)
                .isPresent();
    }

    private DataSet dataSet(String name) {
        DataSet set = data.get(name);
        if (set == null) {
            throw new IllegalStateException("data set " + name + " was not loaded");
        }
        return set;
    }

    /** The network that level 0 starts from, if the experiment names one. */
    public Optional<StartNetwork> start() {
        return start;
    }

    /** The network for a data set. */
    public Architecture architecture(DataSet set) {
        return architectures.computeIfAbsent(
                set.name(), _ -> ExperimentTranslator.architecture(experiment, set, start));
    }

    /** All trials, in the experiment's order. */
    public List<StoredTrial> trials() {
        return trials;
    }

    /**
     * All levels, each once, parents first. First trials come before second ones, so that every part of a grid has
     * early results.
     */
    public List<Task> tasks() {
        return tasks.values().stream()
                .sorted(Comparator.comparingInt((Task task) -> task.trial().trial()))
                .toList();
    }

    /** Iterations whose weights at level 0 some strategy rewinds to, ascending. */
    public List<Integer> rewinds() {
        return experiment.strategies().stream()
                .map(Strategy::of)
                .flatMapToInt(strategy -> strategy.snapshot().stream())
                .flatMap(IntStream::of)
                .sorted()
                .boxed()
                .toList();
    }
}
