package org.espalier.lab.study.graph;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.espalier.UserException;
import org.espalier.data.DataSet;
import org.espalier.lab.study.StudyContext;
import org.espalier.lab.study.StudyKind;
import org.espalier.lab.study.StudyResult;
import org.espalier.lab.study.loop.Ranks;
import org.espalier.lab.study.loop.Spread;
import org.espalier.random.Stream;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;

/**
 * A search for a robust graph network among masks of the graph and widths, by validation accuracy less the divergence under randomly
 * changed edges. After Xie, Chang, Zhang, Wang, Wang, Zhang, Ying and Zhu, "Adversarially robust neural architecture search for graph
 * neural networks" (G-RNA, 2023), of which the abstract and one port could be had. The port adds the divergence, which rewards fragile
 * networks; the paper subtracts it.
 */
@Kind("graph-search-style")
public record GraphSearch(
        @Setting(value = "data set whose training images are the nodes", preset = "digits")
        String data,

        @Setting(value = "nodes, drawn at random", preset = "2000", min = 10)
        int nodes,

        @Setting(value = "nearest images that each is joined with", preset = "5", min = 1)
        int neighbours,

        @Setting(value = "labelled nodes of each class", preset = "20", min = 1)
        int labelled,

        @Setting(value = "nodes of each class for the fitness; all others are tested", preset = "20", min = 1)
        int validation,

        @Setting(
                value =
                        "what a network does to the graph first: none; jaccard-T: cuts edges whose nodes share less than T of their"
                                + " bright pixels; svd-K: K components of its matrix",
                preset = "[none, jaccard-0.3, jaccard-0.4, svd-20, svd-50]",
                pattern = GraphMask.PATTERN,
                form = "none, or as jaccard-0.3 or svd-20",
                minItems = 1)
        List<String> masks,

        @Setting(value = "hidden units to choose from", preset = "[4, 8, 16, 32]", min = 1, minItems = 1)
        List<Integer> hidden,

        @Setting(value = "weight of the divergence in the fitness", preset = "0.05", min = 0)
        double lambda,

        @Setting(value = "randomly changed graphs for the divergence", preset = "10", min = 1)
        int graphs,

        @Setting(value = "share of edges that these change", preset = "0.05", min = 0, max = 1)
        double flips,

        @Setting(value = "updates of a training, each of the whole graph", preset = "200", min = 1)
        int epochs,

        @Setting(
                value = "shares of edges to change in attacks; networks are ranked under DICE at the last",
                preset = "[0.05, 0.1, 0.2]",
                min = 0,
                max = 1,
                minItems = 1)
        List<Double> shares,

        @Setting(value = "runs with seeds of their own", preset = "5", min = 1)
        int runs,

        @Setting(value = "first seed", preset = "1") long seed) {

    public GraphSearch {
        masks = List.copyOf(masks);
        hidden = List.copyOf(hidden);
        shares = List.copyOf(shares);
    }

    /** A network of one run: what the search sees, and accuracies on test nodes by column. */
    private record Candidate(
            String mask, int hidden, double validation, double divergence, Map<String, Double> accuracy) {
        double fitness(double lambda) {
            return validation - lambda * divergence;
        }
    }

    /** All networks of a run, and the number of one that is drawn. */
    private record Found(List<Candidate> candidates, int drawn) {}

    /** Registers the study. */
    public static final class Definition implements StudyKind<GraphSearch> {
        @Override
        public Class<GraphSearch> settings() {
            return GraphSearch.class;
        }

        @Override
        public String question() {
            return "Does a search by accuracy less divergence under random changes find graph networks that withstand attacks?";
        }

        @Override
        public String source() {
            return "After Xie et al. 2023 (G-RNA), abstract and one port; the graph of images, trying all networks and the"
                    + " masks' thresholds are ours";
        }

        @Override
        public boolean needsRun() {
            return false;
        }

        @Override
        public StudyResult run(GraphSearch settings, StudyContext context) {
            DataSet data = context.data(settings.data);
            GraphNodes.check(data, settings.nodes, settings.neighbours);
            return settings.result(
                    data, context.all(settings.runs, run -> new Run(settings, context, data, run).found()));
        }
    }

    private static final class Run {
        private final GraphSearch settings;
        private final StudyContext context;
        private final int run;
        private final Stream stream;
        private final GraphNodes nodes;
        private final BitSet[] ink;
        private final int[] trained;
        private final int[] validated;
        private final int[] tested;
        private final List<NeighbourGraph> flipped;
        private final Map<String, NeighbourGraph> attacked = new LinkedHashMap<>(); // by column

        Run(GraphSearch settings, StudyContext context, DataSet data, int run) {
            this.settings = settings;
            this.context = context;
            this.run = run;
            stream = Stream.root(settings.seed + run).child("graph search");
            nodes = new GraphNodes(data, settings.nodes, settings.neighbours, stream);
            ink = nodes.ink();
            int known = settings.labelled + settings.validation;
            trained = nodes.ofEachClass(0, settings.labelled);
            validated = nodes.ofEachClass(settings.labelled, known);
            tested = nodes.ofEachClass(known, Integer.MAX_VALUE);
            if (validated.length == 0 || tested.length == 0) {
                throw new UserException("labelled is " + settings.labelled + " and validation is " + settings.validation
                        + " with " + settings.nodes + " nodes, expected fewer: no node is left to "
                        + (validated.length == 0 ? "validate" : "test"));
            }
            NeighbourGraph graph = nodes.graph;
            int few = (int) Math.round(settings.flips * graph.edges());
            flipped = IntStream.range(0, settings.graphs)
                    .mapToObj(number -> graph.flips(few, stream.child("flipped").child(number)))
                    .toList();
            attacked.put("clean", graph);
            Stream draws = stream.child("attacks");
            for (double share : settings.shares) {
                int changes = (int) Math.round(share * graph.edges());
                attacked.put(GraphNodes.column("DICE", share), graph.dice(nodes.labels, changes, draws.child("dice")));
            }
            for (double share : settings.shares) {
                int changes = (int) Math.round(share * graph.edges());
                attacked.put(GraphNodes.column("edges", share), graph.flips(changes, draws.child("flips")));
            }
        }

        Found found() {
            List<Candidate> candidates = new ArrayList<>();
            for (String name : settings.masks) {
                GraphMask mask = GraphMask.named(name);
                Propagation clean = propagation(mask, nodes.graph);
                List<Propagation> changed =
                        flipped.stream().map(each -> propagation(mask, each)).toList();
                Map<String, Propagation> attacks = new LinkedHashMap<>();
                attacked.forEach((column, graph) ->
                        attacks.put(column, graph == nodes.graph ? clean : propagation(mask, graph)));
                for (int width : settings.hidden) {
                    candidates.add(candidate(name, width, clean, changed, attacks));
                }
                context.say("run " + (run + 1) + ", " + name + ": measured");
            }
            return new Found(candidates, stream.child("random pick").below(candidates.size(), 0));
        }

        private Propagation propagation(GraphMask mask, NeighbourGraph graph) {
            return mask.of(graph, ink, stream.child("mask"));
        }

        private Candidate candidate(
                String mask,
                int width,
                Propagation clean,
                List<Propagation> changed,
                Map<String, Propagation> attacks) {
            GraphNetwork.Form form = new GraphNetwork.Form(nodes.features, width, nodes.classes, width, 0);
            double[] seen = seen(clean);
            double[] numbers = context.numbers("run-" + (run + 1) + "-" + mask.replace('.', '-') + "-" + width, () -> {
                GraphNetwork network = GraphNetwork.initial(
                        form, stream.child("initial weights").child(width));
                BitSet kept = new BitSet();
                kept.set(0, network.w0.length);
                network.train(clean, seen, nodes.labels, trained, kept, settings.epochs);
                context.say("run " + (run + 1) + ", " + mask + ", " + width + " hidden units: trained");
                return network.numbers();
            });
            GraphNetwork network = GraphNetwork.of(form, numbers);
            double[] before = network.forward(clean, seen).logits();
            double divergence = 0;
            for (Propagation each : changed) {
                double[] after = network.forward(each, seen(each)).logits();
                divergence += divergence(before, after, nodes.classes, validated) / changed.size();
            }
            Map<String, Double> accuracy = new LinkedHashMap<>();
            attacks.forEach(
                    (column, each) -> accuracy.put(column, network.accuracy(each, seen(each), nodes.labels, tested)));
            return new Candidate(
                    mask, width, network.accuracy(clean, seen, nodes.labels, validated), divergence, accuracy);
        }

        private double[] seen(Propagation propagation) {
            return propagation.times(nodes.pixels, nodes.features);
        }
    }

    /**
     * Mean Kullback-Leibler divergence KL(p || q) of the classes of some nodes, in nats.
     *
     * @param before logits of p, (node, class)
     * @param after logits of q
     */
    static double divergence(double[] before, double[] after, int classes, int[] nodes) {
        double sum = 0;
        for (int node : nodes) {
            double[] p = logarithms(before, node * classes, classes);
            double[] q = logarithms(after, node * classes, classes);
            for (int c = 0; c < classes; c++) {
                sum += StrictMath.exp(p[c]) * (p[c] - q[c]);
            }
        }
        return sum / nodes.length;
    }

    private static double[] logarithms(double[] logits, int from, int classes) {
        double most = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < classes; c++) {
            most = Math.max(most, logits[from + c]);
        }
        double total = 0;
        for (int c = 0; c < classes; c++) {
            total += StrictMath.exp(logits[from + c] - most);
        }
        double[] logarithms = new double[classes];
        for (int c = 0; c < classes; c++) {
            logarithms[c] = logits[from + c] - most - StrictMath.log(total);
        }
        return logarithms;
    }

    /** The first network with the highest value. */
    private static int best(List<Candidate> candidates, ToDoubleFunction<Candidate> value) {
        int best = 0;
        for (int i = 1; i < candidates.size(); i++) {
            best = value.applyAsDouble(candidates.get(i)) > value.applyAsDouble(candidates.get(best)) ? i : best;
        }
        return best;
    }

    private StudyResult result(DataSet of, List<Found> all) {
        List<String> columns =
                List.copyOf(all.getFirst().candidates.getFirst().accuracy.keySet());
        String over = runs == 1 ? "1 run" : runs + " runs";
        Map<String, List<Candidate>> picks = new LinkedHashMap<>(); // by run
        for (Found found : all) {
            List<Candidate> some = found.candidates;
            pick(picks, "fitness", some.get(best(some, each -> each.fitness(lambda))));
            pick(picks, "accuracy alone", some.get(best(some, Candidate::validation)));
            pick(picks, "random", some.get(found.drawn));
        }
        List<String> headings = new ArrayList<>(List.of("chosen by"));
        headings.addAll(columns);
        List<List<String>> means = new ArrayList<>();
        List<List<String>> deviations = new ArrayList<>();
        List<List<String>> chosen = new ArrayList<>();
        picks.forEach((name, ofRuns) -> {
            List<String> mean = new ArrayList<>(List.of(name));
            List<String> deviation = new ArrayList<>(List.of(name));
            for (String column : columns) {
                List<String> cells = Spread.cells(accuracies(ofRuns, column), 2);
                mean.add(cells.get(0));
                deviation.add(cells.get(1));
            }
            means.add(mean);
            deviations.add(deviation);
            for (int run = 0; run < ofRuns.size(); run++) {
                Candidate each = ofRuns.get(run);
                chosen.add(List.of(
                        name,
                        Integer.toString(run + 1),
                        each.mask,
                        Integer.toString(each.hidden),
                        Spread.number(100 * each.validation, 2),
                        Spread.number(each.divergence, 4),
                        Spread.number(each.fitness(lambda), 4)));
            }
        });
        String dice = GraphNodes.column("DICE", shares.getLast());
        List<String> notes = List.of(
                "accuracy in % on nodes that neither training nor choice sees; all networks see the same changed graphs",
                "DICE: edges cut within classes and joined across them; edges: as many cut and joined at random",
                "fitness: validation accuracy - " + lambda + " x mean KL(f(A) || f(A~)) over " + graphs
                        + " graphs with " + Spread.number(100 * flips, 1) + " % of the edges changed at random");
        return new StudyResult(
                List.of(
                        new StudyResult.Table(
                                "choice",
                                "Graph network chosen of " + masks.size() * hidden.size() + ", on " + nodes
                                        + " images of " + of.name() + ": means of " + over,
                                1,
                                headings,
                                means,
                                notes),
                        new StudyResult.Table(
                                "spread",
                                "Standard deviation over " + over + ", in points",
                                1,
                                headings,
                                deviations,
                                List.of()),
                        new StudyResult.Table(
                                "chosen",
                                "The networks chosen",
                                2,
                                List.of("chosen by", "run", "mask", "hidden", "validation %", "divergence", "fitness"),
                                chosen,
                                List.of()),
                        candidates(all, dice, over),
                        correlations(all, dice)),
                List.of());
    }

    private static void pick(Map<String, List<Candidate>> picks, String name, Candidate chosen) {
        picks.computeIfAbsent(name, _ -> new ArrayList<>()).add(chosen);
    }

    private static double[] accuracies(List<Candidate> ofRuns, String column) {
        return ofRuns.stream()
                .mapToDouble(each -> 100 * each.accuracy.getOrDefault(column, Double.NaN))
                .toArray();
    }

    /** All networks, in means over runs. */
    private StudyResult.Table candidates(List<Found> all, String dice, String over) {
        List<List<String>> rows = new ArrayList<>();
        for (int at = 0; at < all.getFirst().candidates.size(); at++) {
            int number = at;
            List<Candidate> ofRuns =
                    all.stream().map(found -> found.candidates.get(number)).toList();
            List<String> row =
                    new ArrayList<>(List.of(ofRuns.getFirst().mask, Integer.toString(ofRuns.getFirst().hidden)));
            row.add(Spread.number(mean(ofRuns, each -> 100 * each.validation), 2));
            row.add(Spread.number(mean(ofRuns, Candidate::divergence), 4));
            row.add(Spread.number(mean(ofRuns, each -> each.fitness(lambda)), 4));
            row.add(Spread.number(Spread.mean(accuracies(ofRuns, "clean")), 2));
            row.add(Spread.number(Spread.mean(accuracies(ofRuns, dice)), 2));
            rows.add(row);
        }
        return new StudyResult.Table(
                "candidates",
                "All networks: means of " + over,
                2,
                List.of("mask", "hidden", "validation %", "divergence", "fitness", "clean", dice),
                rows,
                List.of());
    }

    private static double mean(List<Candidate> ofRuns, ToDoubleFunction<Candidate> value) {
        return Spread.mean(ofRuns.stream().mapToDouble(value).toArray());
    }

    /** Whether what the search sees ranks the networks of a run as DICE does. */
    private StudyResult.Table correlations(List<Found> all, String dice) {
        Map<String, ToDoubleFunction<Candidate>> scores = new LinkedHashMap<>();
        scores.put("fitness", each -> each.fitness(lambda));
        scores.put("validation accuracy", Candidate::validation);
        scores.put("minus divergence", each -> -each.divergence);
        List<List<String>> rows = new ArrayList<>();
        scores.forEach((name, score) -> {
            double[] found = all.stream()
                    .mapToDouble(run -> Ranks.correlation(
                            run.candidates.stream().mapToDouble(score).toArray(), accuracies(run.candidates, dice)))
                    .filter(Double::isFinite)
                    .toArray();
            rows.add(List.of(
                    name,
                    found.length == 0 ? "undefined" : Spread.number(Spread.mean(found), 3),
                    found.length < 2 ? "" : Spread.number(Spread.deviation(found), 3)));
        });
        return new StudyResult.Table(
                "ranks",
                "Spearman's correlation with accuracy under " + dice + ", over the networks of a run",
                1,
                List.of("score", "mean", "deviation"),
                rows,
                List.of("runs in which all networks are alike in one of the two are left out"));
    }
}
