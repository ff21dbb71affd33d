package org.espalier.lab.study.network;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.espalier.UserException;
import org.espalier.attack.Attack;
import org.espalier.data.Split;
import org.espalier.dynamic.Distribution;
import org.espalier.engine.Engine;
import org.espalier.evaluate.EvaluationSettings;
import org.espalier.evaluate.Evaluator;
import org.espalier.evaluate.Measurement;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.store.StoredNetwork;
import org.espalier.lab.study.StudiedTrial;
import org.espalier.lab.study.StudyContext;
import org.espalier.lab.study.StudyKind;
import org.espalier.lab.study.StudyResult;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.prune.Pruner;
import org.espalier.random.Stream;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;
import org.espalier.train.Trainer;

/**
 * Whether the widths of a sparse network should be searched for with sparse networks. After the abstract of Daneshtalab, Mousavi, Alibeigi
 * and Loni, "DASS: differentiable architecture search for sparse neural networks" (2023). Trying all candidates for an epoch, in
 * place of a differentiable search, and random masks, in place of learnt ones, are ours.
 */
@Kind("dass-style")
public record SparseArchitectures(
        @Setting("data set of the search; the first if not given")
        Optional<String> dataSet,

        @Setting("objective of the search, with an attack; the first if not given")
        Optional<String> objective,

        @Setting(
                value =
                        "hidden layers of the fully connected networks to choose from, as widths with a hyphen between them",
                preset = "[100-100, 300-100, 300-300, 500-50]",
                minItems = 1)
        List<String> networks,

        @Setting(
                value = "densities by layer to choose from: uniform, erk (Erdos-Renyi kernel), igq (ideal gas quotas)",
                preset = "[uniform, erk, igq]",
                minItems = 1)
        List<Distribution> distributions,

        @Setting(
                value = "weights that every network keeps, about: counts by layer are rounded",
                preset = "26620",
                min = 1)
        int weights,

        @Setting(value = "epochs that a candidate trains in the search", preset = "1", min = 1)
        int epochs,

        @Setting(value = "runs with random draws of their own", preset = "3", min = 1)
        int runs,

        @Setting(value = "images of each split to measure, from the start", preset = "1000", min = 1)
        int images) {

    /** Hidden layers. */
    private static List<Integer> widths(String network) {
        if (!network.matches("[1-9][0-9]{0,5}(-[1-9][0-9]{0,5})*")) {
            throw new UserException("networks has " + network + ", expected widths such as 300-100");
        }
        return Arrays.stream(network.split("-")).map(Integer::valueOf).toList();
    }

    /** A network that could be chosen, and its validation loss under attack after the search; density by layer is empty if dense. */
    private record Candidate(int network, Optional<Distribution> distribution, double loss) {}

    /** A trained network. */
    private record Chosen(
            String arm, int run, String network, String distribution, int weights, double clean, double attacked) {}

    private record Run(List<Candidate> sparse, List<Candidate> dense, List<Chosen> chosen) {}

    /** Registers the study. */
    public static final class Definition implements StudyKind<SparseArchitectures> {
        @Override
        public Class<SparseArchitectures> settings() {
            return SparseArchitectures.class;
        }

        @Override
        public String question() {
            return "Is a sparse network's width found better by trying sparse networks than dense ones, or none?";
        }

        @Override
        public String source() {
            return "After Daneshtalab, Mousavi, Alibeigi and Loni 2023 (DASS), abstract; trying all candidates for an epoch"
                    + " and random masks are ours";
        }

        @Override
        public StudyResult run(SparseArchitectures settings, StudyContext context) {
            return new Study(settings, context).run();
        }
    }

    private static final class Study {
        private final SparseArchitectures settings;
        private final StudyContext context;
        private final StudiedTrial trial;
        private final String attack;
        private final List<Architecture> networks;

        Study(SparseArchitectures settings, StudyContext context) {
            this.settings = settings;
            this.context = context;
            trial = context.trials(settings.dataSet, settings.objective, Optional.empty())
                    .getFirst();
            attack = trial.objective()
                    .attack()
                    .orElseThrow(() ->
                            new UserException("objective " + trial.objective().name()
                                    + " has no attack, expected one: networks are chosen by their loss under it"));
            if (settings.distributions.contains(Distribution.UNIFORM_DENSE_FIRST)) {
                throw new UserException(
                        "distributions has uniform-dense-first, expected uniform, erk or igq: with a dense"
                                + " first layer networks of different widths keep different numbers of weights");
            }
            if (trial.splits().validation().size() == 0) {
                throw new UserException(
                        "the search has no validation images, expected some: networks are chosen by them");
            }
            Split train = trial.splits().train();
            int classes = trial.initial(0).mask().architecture().classes();
            networks = settings.networks.stream()
                    .map(network -> {
                        List<Integer> layers = new ArrayList<>(List.of(train.features()));
                        layers.addAll(widths(network));
                        layers.add(classes);
                        Architecture architecture = new Architecture(
                                layers, trial.experiment().network().biases().orElse(false));
                        if (settings.weights > architecture.weights()) {
                            throw new UserException("weights is " + settings.weights + ", expected at most "
                                    + architecture.weights() + ", the weights of network " + network);
                        }
                        return architecture;
                    })
                    .toList();
        }

        StudyResult run() {
            return result(context.all(settings.runs, this::run));
        }

        private Run run(int run) {
            Stream stream = trial.streams().stream().child("study dass").child(run);
            List<Candidate> sparse = new ArrayList<>();
            List<Candidate> dense = new ArrayList<>();
            for (int network = 0; network < networks.size(); network++) {
                for (Distribution distribution : settings.distributions) {
                    sparse.add(candidate(stream, run, network, Optional.of(distribution)));
                }
                dense.add(candidate(stream, run, network, Optional.empty()));
            }
            context.say("run " + (run + 1) + ": " + (sparse.size() + dense.size()) + " networks tried");
            Candidate random = sparse.get(stream.child("random").below(sparse.size(), 0));
            List<Chosen> chosen = List.of(
                    chosen("sparse search", stream, run, best(sparse)),
                    chosen("dense search, then pruned", stream, run, best(dense)),
                    chosen("random", stream, run, random));
            return new Run(sparse, dense, chosen);
        }

        private static Candidate best(List<Candidate> candidates) {
            Candidate best = candidates.getFirst();
            for (Candidate candidate : candidates) {
                best = candidate.loss < best.loss ? candidate : best;
            }
            return best;
        }

        private Stream of(Stream stream, int network) {
            return stream.child("network").child(network);
        }

        /** The same for all densities of a network. */
        private Weights initial(Stream stream, int network) {
            return trial.experiment()
                    .network()
                    .initial()
                    .draw(networks.get(network), of(stream, network).child("initial weights"));
        }

        private double density(int network) {
            return (double) settings.weights / networks.get(network).weights();
        }

        private Mask mask(Stream stream, int network, Optional<Distribution> distribution) {
            return distribution
                    .map(each -> each.draw(
                            networks.get(network),
                            density(network),
                            of(stream, network).child("mask").child(each.name())))
                    .orElseGet(() -> Mask.dense(networks.get(network)));
        }

        private static String word(Optional<Distribution> distribution) {
            return distribution
                    .map(each -> each.name().toLowerCase(Locale.ROOT))
                    .orElse("dense");
        }

        private String name(int run, int network, Optional<Distribution> distribution) {
            return "run-" + (run + 1) + "-" + settings.networks.get(network) + "-" + word(distribution);
        }

        private Candidate candidate(Stream stream, int run, int network, Optional<Distribution> distribution) {
            StoredNetwork trained = searched(stream, run, network, distribution);
            double loss = measure(trained, trial.splits().validation(), stream)
                    .getLast()
                    .loss();
            return new Candidate(network, distribution, loss);
        }

        private StoredNetwork searched(Stream stream, int run, int network, Optional<Distribution> distribution) {
            return context.network(
                    name(run, network, distribution),
                    () -> trained(
                            initial(stream, network),
                            mask(stream, network, distribution),
                            of(stream, network).child("search").child(word(distribution)),
                            true));
        }

        /** Trains a candidate as long as a level of the search, from its first weights. */
        private Chosen chosen(String arm, Stream stream, int run, Candidate candidate) {
            int network = candidate.network;
            StoredNetwork trained = context.network(
                    name(run, network, candidate.distribution) + "-" + arm.replaceAll("\\W+", "-"), () -> {
                        Mask mask = candidate.distribution.isPresent()
                                ? mask(stream, network, candidate.distribution)
                                : pruned(searched(stream, run, network, Optional.empty()), network);
                        return trained(
                                initial(stream, network),
                                mask,
                                of(stream, network).child(arm),
                                false);
                    });
            List<Measurement> measured = measure(trained, trial.splits().test(), stream);
            context.say("run " + (run + 1) + ", " + arm + ": trained");
            return new Chosen(
                    arm,
                    run,
                    settings.networks.get(network),
                    candidate.distribution.isPresent() ? word(candidate.distribution) : "magnitude",
                    trained.mask().count(),
                    share(measured.getFirst()),
                    share(measured.getLast()));
        }

        /** The largest weights of each layer after the search; all layers lose the same share. */
        private Mask pruned(StoredNetwork dense, int network) {
            return Pruner.PAPER.prune(
                    dense.mask(),
                    dense.weights(),
                    Collections.nCopies(networks.get(network).layers(), 1 - density(network)),
                    Stream.root(0));
        }

        private StoredNetwork trained(Weights initial, Mask mask, Stream stream, boolean search) {
            initial.apply(mask);
            Engine engine = context.engine(mask.architecture());
            engine.load(initial, mask);
            Trainer trainer = new Trainer(
                    engine, trial.splits().train(), Optional.of(trial.splits().validation()), trial.training(), stream);
            int level = trial.experiment().training().iterations();
            trainer.runUntil(search ? Math.min(level, settings.epochs * trainer.batchesPerEpoch()) : level);
            if (!search) {
                trainer.end();
            }
            return new StoredNetwork(trainer.state().weights(), mask);
        }

        /** On natural images, then under the objective's attack. */
        private List<Measurement> measure(StoredNetwork network, Split split, Stream stream) {
            Engine engine = context.engine(network.mask().architecture());
            engine.load(network.weights(), network.mask());
            LinkedHashMap<String, Attack> attacks = new LinkedHashMap<>();
            Experiment experiment = trial.experiment();
            attacks.put(attack, experiment.attack(attack));
            // The same noise for all networks.
            return new Evaluator(engine, new EvaluationSettings(attacks))
                    .measure(0, StudiedTrial.first(split, settings.images), 0, stream.child("measurement"));
        }

        private static double share(Measurement measured) {
            return (double) measured.correct() / measured.examples();
        }

        private StudyResult result(List<Run> runs) {
            List<List<String>> tried = new ArrayList<>();
            List<Candidate> all = new ArrayList<>(runs.getFirst().sparse);
            all.addAll(runs.getFirst().dense);
            for (int i = 0; i < all.size(); i++) {
                List<String> row = new ArrayList<>(
                        List.of(settings.networks.get(all.get(i).network), word(all.get(i).distribution)));
                for (Run run : runs) {
                    List<Candidate> candidates = new ArrayList<>(run.sparse);
                    candidates.addAll(run.dense);
                    row.add(String.format(Locale.ROOT, "%.4f", candidates.get(i).loss));
                }
                tried.add(row);
            }
            List<String> headings = new ArrayList<>(List.of("network", "density by layer"));
            runs.forEach(run -> headings.add("run " + (run.chosen.getFirst().run + 1)));
            List<List<String>> trained = new ArrayList<>();
            for (int arm = 0; arm < 3; arm++) {
                double clean = 0;
                double attacked = 0;
                for (Run run : runs) {
                    Chosen chosen = run.chosen.get(arm);
                    clean += chosen.clean / runs.size();
                    attacked += chosen.attacked / runs.size();
                    trained.add(row(
                            chosen.arm,
                            Integer.toString(chosen.run + 1),
                            chosen.network,
                            chosen.distribution,
                            Integer.toString(chosen.weights),
                            chosen.clean,
                            chosen.attacked));
                }
                trained.add(row(runs.getFirst().chosen.get(arm).arm, "mean", "", "", "", clean, attacked));
            }
            String measured =
                    "the first " + settings.images + " images of the split, under " + attack + " as in training";
            return new StudyResult(
                    List.of(
                            new StudyResult.Table(
                                    "chosen",
                                    "Networks of about " + settings.weights + " weights, chosen in three ways",
                                    2,
                                    List.of(
                                            "chosen by",
                                            "run",
                                            "network",
                                            "density by layer",
                                            "weights",
                                            "clean %",
                                            "attacked %"),
                                    trained,
                                    List.of(
                                            "each trains from its first weights for "
                                                    + trial.experiment()
                                                            .training()
                                                            .iterations() + " updates; test images, " + measured,
                                            "dense search: the width whose dense network has the lowest loss, pruned to its"
                                                    + " largest weights")),
                            new StudyResult.Table(
                                    "tried",
                                    "Validation loss under attack after " + settings.epochs
                                            + (settings.epochs == 1 ? " epoch" : " epochs"),
                                    2,
                                    headings,
                                    tried,
                                    List.of("the lowest loss of a run is chosen; " + measured))),
                    List.of());
        }

        private static List<String> row(
                String arm,
                String run,
                String network,
                String distribution,
                String weights,
                double clean,
                double attacked) {
            return List.of(
                    arm,
                    run,
                    network,
                    distribution,
                    weights,
                    String.format(Locale.ROOT, "%.2f", 100 * clean),
                    String.format(Locale.ROOT, "%.2f", 100 * attacked));
        }
    }
}
