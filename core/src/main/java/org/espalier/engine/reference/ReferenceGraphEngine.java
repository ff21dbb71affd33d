package org.espalier.engine.reference;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.BoundBuffers;
import org.espalier.engine.BoundEngine;
import org.espalier.engine.Checks;
import org.espalier.engine.EngineOps;
import org.espalier.engine.Gradients;
import org.espalier.engine.Mode;
import org.espalier.engine.StepRule;
import org.espalier.engine.Update;
import org.espalier.engine.ops.PanelOps;
import org.espalier.network.Architecture;
import org.espalier.network.LivePaths;
import org.espalier.network.Mask;
import org.espalier.network.Operation;
import org.espalier.network.Parameter;
import org.espalier.network.Weights;

/**
 * Any graph in float64, one multiplication at a time: what the float32 engine of graphs is tested against. Weights are kept in
 * double and rounded to float only when read out.
 */
public final class ReferenceGraphEngine implements BoundEngine {
    private final Architecture architecture;
    private final Map<String, double[]> parameters = new LinkedHashMap<>();
    private final Map<String, double[]> gradients = new LinkedHashMap<>();
    private final Map<String, double[]> firstMoments = new LinkedHashMap<>();
    private final Map<String, double[]> secondMoments = new LinkedHashMap<>();
    private final List<ReferenceGraphBounds> bounds = new ArrayList<>(); // (example) of the last boundMargins
    private Mask mask;
    private int[] liveInputs = {};

    /** An engine of all zero weights. */
    public ReferenceGraphEngine(Architecture architecture) {
        this.architecture = architecture;
        mask = Mask.dense(architecture);
        for (Parameter parameter : architecture.graph().parameters()) {
            parameters.put(parameter.name(), new double[parameter.size()]);
            gradients.put(parameter.name(), new double[parameter.size()]);
            firstMoments.put(parameter.name(), new double[parameter.size()]);
            secondMoments.put(parameter.name(), new double[parameter.size()]);
        }
    }

    /** Which panels are a batch; see {@link ActivationBuffers#batch}. */
    private static final class Buffers implements ActivationBuffers {
        private final Architecture architecture;
        private final ActivationPanels input;
        private final ActivationPanels logits;
        private final ActivationPanels logitGradient;
        private final ActivationPanels inputGradient;
        private final int[] batchPanels;
        private final int[] batchExamples;
        private final Mode[] modes;

        Buffers(Architecture architecture, int examples) {
            this.architecture = architecture;
            input = new ActivationPanels(architecture.inputs(), examples);
            logits = new ActivationPanels(architecture.classes(), examples);
            logitGradient = new ActivationPanels(architecture.classes(), examples);
            inputGradient = new ActivationPanels(architecture.inputs(), examples);
            batchPanels = new int[input.panels()];
            batchExamples = new int[input.panels()];
            modes = new Mode[input.panels()];
            Arrays.fill(modes, Mode.EVALUATION);
            batch(0, input.panels(), input.panels() * ActivationPanels.LANES);
        }

        @Override
        public void batch(int firstPanel, int panels, int examples) {
            Arrays.fill(batchPanels, firstPanel, firstPanel + panels, 0);
            batchPanels[firstPanel] = panels;
            batchExamples[firstPanel] = examples;
        }

        @Override
        public ActivationPanels input() {
            return input;
        }

        @Override
        public ActivationPanels logits() {
            return logits;
        }

        @Override
        public ActivationPanels logitGradient() {
            return logitGradient;
        }

        @Override
        public ActivationPanels inputGradient() {
            return inputGradient;
        }

        @Override
        public int panels() {
            return input.panels();
        }

        @Override
        public Architecture architecture() {
            return architecture;
        }
    }

    /** The same with margins. */
    private static final class Bounds extends BoundBuffers {
        private final Buffers natural;

        Bounds(Architecture architecture, int examples, boolean linear) {
            super(architecture, examples, linear);
            natural = new Buffers(architecture, examples);
        }

        @Override
        public Buffers natural() {
            return natural;
        }
    }

    /** Work on the examples of one batch. */
    private interface Batch {
        void run(ReferenceGraph graph, int firstExample, int examples);
    }

    /** Runs the graph batch by batch: in evaluation over all lanes, in training over those that hold examples. */
    private void batches(Buffers buffers, int firstPanel, int panels, Batch work) {
        int end = firstPanel + panels;
        for (int panel = firstPanel; panel < end; ) {
            boolean training = buffers.modes[panel] != Mode.EVALUATION;
            int together = training ? Math.min(Math.max(1, buffers.batchPanels[panel]), end - panel) : 1;
            int lanes = together * ActivationPanels.LANES;
            int examples =
                    training && buffers.batchPanels[panel] > 0 ? Math.min(lanes, buffers.batchExamples[panel]) : lanes;
            double[][] inputs = rows(buffers.input, panel, examples);
            work.run(
                    new ReferenceGraph(architecture.graph(), parameters, inputs, training),
                    panel * ActivationPanels.LANES,
                    examples);
            panel += together;
        }
    }

    private static double[][] rows(ActivationPanels panels, int panel, int examples) {
        double[][] rows = new double[examples][panels.features()];
        for (int e = 0; e < examples; e++) {
            for (int f = 0; f < panels.features(); f++) {
                rows[e][f] = panels.get(f, panel * ActivationPanels.LANES + e);
            }
        }
        return rows;
    }

    private static Buffers own(ActivationBuffers buffers) {
        if (buffers instanceof Buffers own) {
            return own;
        }
        throw new IllegalArgumentException("the engine works on buffers that it made itself, got "
                + buffers.getClass().getSimpleName());
    }

    @Override
    public Architecture architecture() {
        return architecture;
    }

    @Override
    public void load(Weights weights, Mask survivors) {
        Checks.fits(architecture, weights, survivors);
        mask = survivors;
        take(weights, parameters);
        gradients.values().forEach(values -> Arrays.fill(values, 0));
        firstMoments.values().forEach(values -> Arrays.fill(values, 0));
        secondMoments.values().forEach(values -> Arrays.fill(values, 0));
        liveInputs = new LivePaths(mask).networkInputs();
    }

    /** Takes values; zero where pruned. */
    private void take(Weights from, Map<String, double[]> to) {
        for (Parameter parameter : architecture.graph().parameters()) {
            float[] values = from.values(parameter.name());
            double[] target = Objects.requireNonNull(to.get(parameter.name()));
            BitSet kept = parameter.prunable() ? mask.survivors(parameter.name()) : new BitSet();
            for (int i = 0; i < target.length; i++) {
                target[i] = !parameter.prunable() || kept.get(i) ? values[i] : 0;
            }
        }
    }

    @Override
    public Weights weights() {
        return rounded(parameters);
    }

    private Weights rounded(Map<String, double[]> from) {
        Weights weights = new Weights(architecture);
        from.forEach((name, values) -> {
            float[] to = weights.values(name);
            for (int i = 0; i < to.length; i++) {
                to[i] = (float) values[i];
            }
        });
        return weights;
    }

    @Override
    public Mask mask() {
        return mask;
    }

    @Override
    public int[] liveInputs() {
        return liveInputs;
    }

    @Override
    public ActivationBuffers newBuffers(int examples) {
        return new Buffers(architecture, examples);
    }

    @Override
    public EngineOps ops() {
        return PanelOps.CHOSEN;
    }

    @Override
    public void forward(ActivationBuffers buffers, int firstPanel, int panels, Mode mode) {
        Buffers own = own(buffers);
        Checks.covers(architecture, own, firstPanel, panels);
        Arrays.fill(own.modes, firstPanel, firstPanel + panels, mode);
        batches(own, firstPanel, panels, (graph, first, examples) -> {
            double[][] logits = graph.logits();
            for (int e = 0; e < examples; e++) {
                for (int c = 0; c < logits[e].length; c++) {
                    own.logits.set(c, first + e, (float) logits[e][c]);
                }
            }
            if (mode == Mode.TRAINING) {
                moveStatistics(graph, examples);
            }
        });
    }

    private void moveStatistics(ReferenceGraph graph, int examples) {
        architecture.graph().nodes().forEach(node -> {
            if (node.operation() instanceof Operation.BatchNorm norm) {
                double[] means = Objects.requireNonNull(parameters.get(node.name() + ".running_mean"));
                double[] variances = Objects.requireNonNull(parameters.get(node.name() + ".running_var"));
                double count = (double) examples
                        * architecture.graph().shape(node.name()).elements()
                        / norm.channels();
                for (int c = 0; c < norm.channels(); c++) {
                    double variance = graph.statistics(node.name())[1][c];
                    double unbiased = count > 1 ? variance * count / (count - 1) : variance;
                    means[c] += Operation.BatchNorm.MOMENTUM * (graph.statistics(node.name())[0][c] - means[c]);
                    variances[c] += Operation.BatchNorm.MOMENTUM * (unbiased - variances[c]);
                }
            }
        });
    }

    @Override
    public void perturb(
            ActivationBuffers buffers,
            int firstPanel,
            int panels,
            StepRule rule,
            ActivationPanels clean,
            int cleanPanel,
            ActivationPanels x,
            int xPanel) {
        Checks.covers(architecture, buffers, firstPanel, panels);
        Checks.perturbs(architecture, clean, cleanPanel, x, xPanel, panels);
        backward(buffers, firstPanel, panels, Gradients.INPUTS);
        for (int lane = 0; lane < panels * ActivationPanels.LANES; lane++) {
            int example = firstPanel * ActivationPanels.LANES + lane;
            int centre = cleanPanel * ActivationPanels.LANES + lane;
            int point = xPanel * ActivationPanels.LANES + lane;
            for (int input : liveInputs) {
                float g = buffers.inputGradient().get(input, example);
                x.set(input, point, ReferenceEngine.step(rule, g, clean.get(input, centre), x.get(input, point)));
            }
        }
    }

    @Override
    public void backward(ActivationBuffers buffers, int firstPanel, int panels, Gradients wanted) {
        Buffers own = own(buffers);
        Checks.covers(architecture, own, firstPanel, panels);
        if (wanted.weights()) {
            gradients.values().forEach(values -> Arrays.fill(values, 0));
        }
        addGradient(own, firstPanel, panels, wanted);
    }

    private void addGradient(Buffers own, int firstPanel, int panels, Gradients wanted) {
        batches(own, firstPanel, panels, (graph, first, examples) -> {
            double[][] back = graph.backward(rows(own.logitGradient, first / ActivationPanels.LANES, examples));
            for (int e = 0; wanted.inputs() && e < examples; e++) {
                for (int i = 0; i < back[e].length; i++) {
                    own.inputGradient.set(i, first + e, (float) back[e][i]);
                }
            }
            if (wanted.weights()) {
                add(graph, wanted == Gradients.ALL_WEIGHTS);
            }
        });
    }

    @Override
    public BoundBuffers newBoundBuffers(int examples, boolean linear) {
        return new Bounds(architecture, examples, linear);
    }

    @Override
    public void boundMargins(
            BoundBuffers buffers, float epsilon, float linearShare, int[] labels, int firstLabel, int examples) {
        Checks.fits(architecture, buffers.architecture());
        buffers.bind(linearShare, labels, firstLabel, examples);
        double[][] inputs = rows(buffers.natural().input(), 0, buffers.panels() * ActivationPanels.LANES);
        bounds.clear();
        for (int e = 0; e < inputs.length; e++) {
            double[] worst = new double[architecture.classes()];
            if (e < examples) {
                ReferenceGraphBounds of = new ReferenceGraphBounds(
                        architecture.graph(), parameters, inputs[e], epsilon, linearShare, buffers.labels[e]);
                bounds.add(of);
                worst = of.worst();
            }
            for (int c = 0; c < worst.length; c++) {
                buffers.marginBounds().set(c, e, (float) worst[c]);
            }
        }
    }

    @Override
    public void backward(BoundBuffers buffers, boolean natural) {
        gradients.values().forEach(values -> Arrays.fill(values, 0));
        if (natural) {
            addGradient(own(buffers.natural()), 0, buffers.panels(), Gradients.WEIGHTS);
        }
        for (int e = 0; e < bounds.size(); e++) {
            double[] gradient = new double[architecture.classes()];
            for (int c = 0; c < gradient.length; c++) {
                gradient[c] = buffers.marginBoundGradients().get(c, e);
            }
            bounds.get(e).addGradient(gradient, gradients);
        }
        for (Parameter parameter : architecture.graph().parameters()) {
            double[] sum = Objects.requireNonNull(gradients.get(parameter.name()));
            BitSet kept = parameter.prunable() ? mask.survivors(parameter.name()) : new BitSet();
            for (int i = 0; i < sum.length; i++) {
                sum[i] = !parameter.prunable() || kept.get(i) ? sum[i] : 0;
            }
        }
    }

    private void add(ReferenceGraph graph, boolean pruned) {
        for (Parameter parameter : architecture.graph().parameters()) {
            double[] sum = Objects.requireNonNull(gradients.get(parameter.name()));
            double[] more = graph.gradient(parameter.name());
            BitSet kept = parameter.prunable() ? mask.survivors(parameter.name()) : new BitSet();
            for (int i = 0; i < sum.length; i++) {
                sum[i] += pruned || !parameter.prunable() || kept.get(i) ? more[i] : 0;
            }
        }
    }

    @Override
    public Weights gradient() {
        return rounded(gradients);
    }

    @Override
    public void clipGradient(float norm) {
        double squares = 0;
        for (Parameter parameter : architecture.graph().parameters()) {
            double[] gradient = Objects.requireNonNull(gradients.get(parameter.name()));
            BitSet kept = parameter.prunable() ? mask.survivors(parameter.name()) : new BitSet();
            for (int i = 0; i < gradient.length; i++) {
                squares += !parameter.prunable() || kept.get(i) ? gradient[i] * gradient[i] : 0;
            }
        }
        double found = Math.sqrt(squares);
        for (double[] gradient : gradients.values()) {
            for (int i = 0; found > norm && i < gradient.length; i++) {
                gradient[i] *= norm / found;
            }
        }
    }

    @Override
    public void update(Update update) {
        for (Parameter parameter : architecture.graph().parameters()) {
            if (!parameter.role().trained()) {
                continue;
            }
            double[] values = Objects.requireNonNull(parameters.get(parameter.name()));
            double[] gradient = Objects.requireNonNull(gradients.get(parameter.name()));
            double[] first = Objects.requireNonNull(firstMoments.get(parameter.name()));
            double[] second = Objects.requireNonNull(secondMoments.get(parameter.name()));
            boolean penalised = parameter.role() == Parameter.Role.WEIGHT;
            BitSet kept = parameter.prunable() ? mask.survivors(parameter.name()) : new BitSet();
            for (int i = 0; i < values.length; i++) {
                if (parameter.prunable() && !kept.get(i)) {
                    continue;
                }
                double w = values[i];
                double g = gradient[i] + (penalised ? update.l1() * Math.signum(w) + update.l2() * w : 0);
                double decayed = penalised ? w * (1 - (double) update.decay()) : w;
                values[i] = ReferenceEngine.step(update, decayed, g, first, second, i);
            }
        }
    }

    @Override
    public Weights moment(int order) {
        return rounded(order == 0 ? firstMoments : secondMoments);
    }

    @Override
    public void loadMoments(Weights first, Weights second) {
        take(first, firstMoments);
        take(second, secondMoments);
    }

    @Override
    public void writeWeights(Weights from) {
        Checks.fits(architecture, from, mask);
        write(from, parameters);
    }

    @Override
    public void writeGradient(Weights from) {
        Checks.fits(architecture, from, mask);
        write(from, gradients);
    }

    private void write(Weights from, Map<String, double[]> to) {
        for (Parameter parameter : architecture.graph().parameters()) {
            if (parameter.role().trained()) {
                double[] target = Objects.requireNonNull(to.get(parameter.name()));
                float[] values = from.values(parameter.name());
                BitSet kept = parameter.prunable() ? mask.survivors(parameter.name()) : new BitSet();
                for (int i = 0; i < target.length; i++) {
                    target[i] = !parameter.prunable() || kept.get(i) ? values[i] : 0;
                }
            }
        }
    }
}
