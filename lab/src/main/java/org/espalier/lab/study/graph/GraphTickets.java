package org.espalier.lab.study.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.espalier.UserException;
import org.espalier.data.DataSet;
import org.espalier.lab.study.StudyContext;
import org.espalier.lab.study.StudyKind;
import org.espalier.lab.study.StudyResult;
import org.espalier.lab.study.loop.SmallestWeights;
import org.espalier.lab.study.loop.Spread;
import org.espalier.prune.CountingRule;
import org.espalier.random.Stream;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;

/**
 * Sparsity against attacks on a graph: pruned first layers and hidden units of which few stay, in a graph convolutional network on
 * a graph of neighbouring images. After Lu and Zhang, "Spatio-temporal sparsification for general robust graph convolution networks"
 * (2021), of which the abstract alone could be had.
 */
@Kind("graph-tickets-style")
public record GraphTickets(
        @Setting(value = "data set whose training images are the nodes", preset = "digits")
        String data,

        @Setting(value = "nodes, drawn at random", preset = "2000", min = 10)
        int nodes,

        @Setting(value = "nearest images that each is joined with", preset = "5", min = 1)
        int neighbours,

        @Setting(value = "labelled nodes of each class; the others are tested", preset = "20", min = 1)
        int labelled,

        @Setting(value = "hidden units", preset = "16", min = 1)
        int hidden,

        @Setting(value = "hidden units of a node that stay in the arm top-k", preset = "4", min = 1)
        int winners,

        @Setting(value = "strength with which seldom units are preferred in the arm top-k", preset = "1", min = 0)
        double boost,

        @Setting(value = "rounds of pruning of 20 % of the first layer", preset = "10", min = 0)
        int rounds,

        @Setting(value = "updates of a training, each of the whole graph", preset = "200", min = 1)
        int epochs,

        @Setting(value = "shares of edges or pixels to change", preset = "[0.05, 0.1, 0.2]", min = 0, minItems = 1)
        List<Double> shares,

        @Setting(value = "radius of PGD on the pixels of all nodes", preset = "0.05", min = 0, above = true, max = 1)
        double epsilon,

        @Setting(value = "runs with seeds of their own", preset = "5", min = 1)
        int runs,

        @Setting(value = "first seed", preset = "1") long seed) {

    private static final double FRACTION = 0.2;

    /** Accuracies of one network of one run by column. */
    private record Row(String arm, double density, Map<String, Double> accuracy) {}

    /** Registers the study. */
    public static final class Definition implements StudyKind<GraphTickets> {
        @Override
        public Class<GraphTickets> settings() {
            return GraphTickets.class;
        }

        @Override
        public String question() {
            return "Do pruned weights or few active units make a graph network robust to changed edges and pixels?";
        }

        @Override
        public String source() {
            return "After Lu and Zhang 2021, abstract only; the form of top-k, its balance over time, graph and attacks"
                    + " are ours";
        }

        @Override
        public boolean needsRun() {
            return false;
        }

        @Override
        public StudyResult run(GraphTickets settings, StudyContext context) {
            if (settings.winners > settings.hidden) {
                throw new UserException("winners is " + settings.winners + ", expected at most the " + settings.hidden
                        + " hidden units");
            } else if (settings.shares.stream().anyMatch(share -> share > 1)) {
                throw new UserException("shares is " + settings.shares + ", expected numbers of 0 to 1");
            }
            DataSet data = context.data(settings.data);
            GraphNodes.check(data, settings.nodes, settings.neighbours);
            return settings.result(
                    data, context.all(settings.runs, run -> new Run(settings, context, data, run).rows()));
        }
    }

    private static final class Run {
        private final GraphTickets settings;
        private final StudyContext context;
        private final Stream stream;
        private final int run;
        private final int classes;
        private final int features;
        private final int[] labels;
        private final double[] pixels; // (node, feature)
        private final NeighbourGraph graph;
        private final Propagation clean;
        private final double[] seen; // A' X
        private final int[] trained;
        private final int[] tested;

        Run(GraphTickets settings, StudyContext context, DataSet data, int run) {
            this.settings = settings;
            this.context = context;
            this.run = run;
            stream = Stream.root(settings.seed + run).child("graph tickets");
            GraphNodes nodes = new GraphNodes(data, settings.nodes, settings.neighbours, stream);
            classes = nodes.classes;
            features = nodes.features;
            labels = nodes.labels;
            pixels = nodes.pixels;
            graph = nodes.graph;
            clean = graph.propagation();
            seen = clean.times(pixels, features);
            trained = nodes.ofEachClass(0, settings.labelled);
            tested = nodes.ofEachClass(settings.labelled, Integer.MAX_VALUE);
            if (tested.length == 0) {
                throw new UserException("labelled is " + settings.labelled + " with " + settings.nodes
                        + " nodes, expected fewer: no node is left to test");
            }
        }

        List<Row> rows() {
            Map<String, GraphNetwork> networks = new LinkedHashMap<>();
            Map<String, Double> densities = new LinkedHashMap<>();
            GraphNetwork.Form plain = new GraphNetwork.Form(features, settings.hidden, classes, settings.hidden, 0);
            GraphNetwork.Form few =
                    new GraphNetwork.Form(features, settings.hidden, classes, settings.winners, settings.boost);
            GraphNetwork initial = GraphNetwork.initial(plain, stream.child("initial weights"));
            int size = initial.w0.length;
            BitSet kept = new BitSet(size);
            kept.set(0, size);
            GraphNetwork network = trained("dense", initial, kept);
            networks.put("dense", network);
            densities.put("dense", 1.0);
            GraphNetwork sparse = GraphNetwork.initial(few, stream.child("initial weights"));
            networks.put("top-k", trained("top-k", sparse, kept));
            densities.put("top-k", 1.0);
            for (int round = 1; round <= settings.rounds; round++) {
                kept = SmallestWeights.prune(
                        kept,
                        network.w0,
                        CountingRule.EXACT.pruned(FRACTION, kept.cardinality()),
                        stream.child("ties").child(round));
                String ticket = "ticket-" + round;
                network = trained(ticket, initial, kept);
                networks.put(ticket, network);
                BitSet random = SmallestWeights.random(
                        size, kept.cardinality(), stream.child("random").child(round));
                String other = "random-" + round;
                networks.put(other, trained(other, initial, random));
                densities.put(ticket, (double) kept.cardinality() / size);
                densities.put(other, (double) kept.cardinality() / size);
            }
            Map<String, Map<String, Double>> measured = measure(networks);
            List<Row> rows = new ArrayList<>();
            networks.forEach((name, _) ->
                    rows.add(new Row(name, densities.getOrDefault(name, 1.0), measured.getOrDefault(name, Map.of()))));
            return rows;
        }

        private GraphNetwork trained(String name, GraphNetwork initial, BitSet kept) {
            double[] numbers = context.numbers("run-" + (run + 1) + "-" + name, () -> {
                GraphNetwork network = initial.pruned(kept);
                network.train(clean, seen, labels, trained, kept, settings.epochs);
                context.say("run " + (run + 1) + ", " + name + ": trained");
                return network.numbers();
            });
            return GraphNetwork.of(initial.form, numbers);
        }

        /** Accuracies by network and column; all networks see the same changed graphs and pixels. */
        private Map<String, Map<String, Double>> measure(Map<String, GraphNetwork> networks) {
            Map<String, Map<String, Double>> accuracies = new LinkedHashMap<>();
            networks.keySet().forEach(name -> accuracies.put(name, new LinkedHashMap<>()));
            column("clean", networks, accuracies, clean, seen);
            Stream draws = stream.child("attacks");
            for (double share : settings.shares) {
                int changes = (int) Math.round(share * graph.edges());
                Propagation changed =
                        graph.dice(labels, changes, draws.child("dice")).propagation();
                column(
                        GraphNodes.column("DICE", share),
                        networks,
                        accuracies,
                        changed,
                        changed.times(pixels, features));
            }
            for (double share : settings.shares) {
                int changes = (int) Math.round(share * graph.edges());
                Propagation changed = graph.flips(changes, draws.child("flips")).propagation();
                column(
                        GraphNodes.column("edges", share),
                        networks,
                        accuracies,
                        changed,
                        changed.times(pixels, features));
            }
            for (double share : settings.shares) {
                double[] flipped = pixels.clone();
                for (int i = 0; i < flipped.length; i++) {
                    flipped[i] = draws.child("pixels").uniform(i) < share ? 1 - flipped[i] : flipped[i];
                }
                column(GraphNodes.column("pixels", share), networks, accuracies, clean, clean.times(flipped, features));
            }
            double[] moved =
                    clean.times(dense(networks).attack(clean, pixels, labels, tested, settings.epsilon), features);
            column("PGD moved", networks, accuracies, clean, moved);
            networks.forEach((name, network) -> put(
                    accuracies,
                    name,
                    "PGD own",
                    network.accuracy(
                            clean,
                            clean.times(network.attack(clean, pixels, labels, tested, settings.epsilon), features),
                            labels,
                            tested)));
            return accuracies;
        }

        private static GraphNetwork dense(Map<String, GraphNetwork> networks) {
            return networks.entrySet().iterator().next().getValue();
        }

        private void column(
                String name,
                Map<String, GraphNetwork> networks,
                Map<String, Map<String, Double>> accuracies,
                Propagation changed,
                double[] input) {
            networks.forEach(
                    (arm, network) -> put(accuracies, arm, name, network.accuracy(changed, input, labels, tested)));
        }

        private static void put(
                Map<String, Map<String, Double>> accuracies, String arm, String column, double accuracy) {
            accuracies.computeIfAbsent(arm, _ -> new LinkedHashMap<>()).put(column, accuracy);
        }
    }

    private StudyResult result(DataSet data, List<List<Row>> all) {
        List<String> columns = List.copyOf(all.getFirst().getFirst().accuracy.keySet());
        List<String> headings = new ArrayList<>(List.of("arm", "density %"));
        headings.addAll(columns);
        List<List<String>> means = new ArrayList<>();
        List<List<String>> deviations = new ArrayList<>();
        Map<String, List<List<Double>>> lines = new LinkedHashMap<>();
        String shown = GraphNodes.column("DICE", shares.getLast());
        for (int at = 0; at < all.getFirst().size(); at++) {
            int arm = at;
            Row first = all.getFirst().get(arm);
            List<String> mean = new ArrayList<>(List.of(first.arm, Spread.number(100 * first.density, 2)));
            List<String> deviation = new ArrayList<>(mean);
            for (String column : columns) {
                double[] values = all.stream()
                        .mapToDouble(run -> 100 * run.get(arm).accuracy.getOrDefault(column, Double.NaN))
                        .toArray();
                mean.add(Spread.number(Spread.mean(values), 2));
                deviation.add(runs == 1 ? "" : Spread.number(Spread.deviation(values), 2));
                String kind = first.arm.replaceAll("-[0-9]+$", "");
                if (column.equals(shown) && !kind.equals("top-k")) {
                    // The dense network begins both lines.
                    for (String line : kind.equals("dense") ? List.of("ticket", "random") : List.of(kind)) {
                        List<List<Double>> points =
                                lines.computeIfAbsent(line, _ -> List.of(new ArrayList<>(), new ArrayList<>()));
                        points.get(0).add((double) points.get(0).size());
                        points.get(1).add(Spread.mean(values));
                    }
                }
            }
            means.add(mean);
            deviations.add(deviation);
        }
        List<StudyResult.Curve> curves = lines.entrySet().stream()
                .map(line -> new StudyResult.Curve(
                        line.getKey(), line.getValue().get(0), line.getValue().get(1)))
                .toList();
        String over = runs == 1 ? "1 run" : runs + " runs";
        List<String> notes = new ArrayList<>(Arrays.asList(
                "accuracy in % on nodes without labels; networks are trained on the clean graph and attacked"
                        + " afterwards",
                "DICE: edges cut within classes and joined across them; edges: as many cut and joined at random; pixels:"
                        + " x becomes 1 - x",
                "PGD at " + epsilon
                        + " on the pixels of all nodes: moved from the dense network, and by each network's own"
                        + " gradient",
                "top-k chooses units, which hides gradients: a gain under its own PGD counts only where it holds under moved"
                        + " PGD too",
                "density: of the first layer"));
        return new StudyResult(
                List.of(
                        new StudyResult.Table(
                                "accuracy",
                                "Graph network on " + nodes + " images of " + data.name() + ": means of " + over,
                                2,
                                headings,
                                means,
                                notes),
                        new StudyResult.Table(
                                "spread",
                                "Standard deviation over " + over + ", in points",
                                2,
                                headings,
                                deviations,
                                List.of())),
                List.of(new StudyResult.Figure(
                        "dice",
                        "Accuracy under DICE by round of pruning",
                        shown + " of the edges changed; each round prunes 20 % of the first layer.",
                        "round",
                        "accuracy (%)",
                        curves)));
    }
}
