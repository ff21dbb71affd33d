package org.espalier.engine.graph;

import java.util.LinkedHashMap;
import java.util.Map;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.BoundBuffers;
import org.espalier.engine.BoundEngine;
import org.espalier.engine.Checks;
import org.espalier.engine.Dropout;
import org.espalier.engine.EngineOps;
import org.espalier.engine.Gradients;
import org.espalier.engine.KernelMode;
import org.espalier.engine.Mode;
import org.espalier.engine.StepRule;
import org.espalier.engine.Update;
import org.espalier.engine.graph.map.MapLayout;
import org.espalier.engine.graph.map.MapOps;
import org.espalier.engine.graph.map.Value;
import org.espalier.engine.graph.map.Windows;
import org.espalier.engine.kernel.GradientNorm;
import org.espalier.engine.kernel.Kernels;
import org.espalier.engine.layer.DenseOrSparsePolicy;
import org.espalier.engine.ops.PanelOps;
import org.espalier.network.Architecture;
import org.espalier.network.LivePaths;
import org.espalier.network.Mask;
import org.espalier.network.Operation;
import org.espalier.network.Parameter;
import org.espalier.network.Weights;
import org.jspecify.annotations.Nullable;

/**
 * The float32 engine for any graph. Per layer it runs dense kernels or kernels over surviving weights only; both give the same
 * bits as long as all values are finite. Where a network has no statistics of batches, each panel goes through all layers
 * before the next, so that maps stay in the nearer caches.
 */
public final class GraphEngine implements BoundEngine {
    private final Architecture architecture;
    private final Kernels kernels;
    private final DenseOrSparsePolicy policy;
    private final GraphPlan plan;
    private final Step[] steps;
    private final int[] hidden; // (step): number of its layer of hidden units, -1 where it makes none
    private final EngineOps ops;
    private final Spares spares;
    private @Nullable GraphBounds bounds; // when they are first wanted
    private Mask mask;
    private int[] liveInputs;
    private @Nullable GraphEngine unmasked; // for gradients of pruned weights, when they are first wanted
    private @Nullable Weights allGradients; // the gradient held, where it was asked for of pruned weights too
    private @Nullable Weights spread; // the gradient by parameters, zero where pruned, made when one is clipped

    /**
     * An engine of all zero weights.
     *
     * @param mode which kernels run convolutions
     * @param policy which kernels run linear layers
     */
    public GraphEngine(Architecture architecture, Kernels kernels, KernelMode mode, DenseOrSparsePolicy policy) {
        this.architecture = architecture;
        this.kernels = kernels;
        this.policy = policy;
        plan = new GraphPlan(architecture);
        spares = new Spares(plan);
        ops = new PanelOps(kernels);
        mask = Mask.dense(architecture);
        liveInputs = new LivePaths(mask).networkInputs();
        Map<String, Integer> layers = new LinkedHashMap<>();
        for (int layer = 0; layer < architecture.layers(); layer++) {
            layers.put(architecture.node(layer), layer);
        }
        steps = new Step[plan.steps().size()];
        int norms = 0;
        for (int s = 0; s < steps.length; s++) {
            GraphPlan.Planned planned = plan.steps().get(s);
            int layer = layers.getOrDefault(planned.node(), -1);
            steps[s] = planned.extra() == GraphPlan.Extra.COPY
                    ? new CopyStep(kernels, planned)
                    : step(planned, layer, mode, norms);
            norms += steps[s] instanceof NormStep ? 1 : 0;
        }
        hidden = new int[steps.length];
        int found = 0;
        for (int s = 0; s < steps.length; s++) {
            hidden[s] = steps[s].rectifies() && steps[s].out.shape.dimensions() == 1 ? found++ : -1;
        }
    }

    private Step step(GraphPlan.Planned planned, int layer, KernelMode mode, int norms) {
        return switch (planned.operation()) {
            case Operation.Linear linear -> new LinearStep(kernels, planned, linear, layer, policy, mask);
            case Operation.Conv2d conv -> new ConvStep(kernels, planned, conv, layer, mode, mask);
            case Operation.BatchNorm norm -> new NormStep(kernels, planned, norm, norms);
            case Operation.Relu relu -> new ReluStep(kernels, planned);
            case Operation.MaxPool pool -> new MaxPoolStep(kernels, planned, pool);
            case Operation.AveragePool pool -> {
                MapLayout from = planned.in()[0].layout();
                MapLayout to = planned.out().layout();
                Windows windows = new Windows(
                        pool.window(), pool.window(), pool.stride(), pool.padding(), from.height(), from.width());
                yield new AveragePoolStep(kernels, planned, windows, to.height(), to.width());
            }
            case Operation.GlobalAveragePool pool -> {
                MapLayout from = planned.in()[0].layout();
                Windows windows = new Windows(from.height(), from.width(), 1, 0, from.height(), from.width());
                yield new AveragePoolStep(kernels, planned, windows, 1, 1);
            }
            case Operation.Add add -> new AddStep(kernels, planned);
            case Operation.PadChannels pad -> new PadStep(kernels, planned, pad);
            case Operation.Flatten flatten -> new CopyStep(kernels, planned);
            case Operation.Normalise normalise -> new NormaliseStep(kernels, planned, normalise);
        };
    }

    @Override
    public Architecture architecture() {
        return architecture;
    }

    @Override
    public void load(Weights weights, Mask survivors) {
        Checks.fits(architecture, weights, survivors);
        mask = survivors;
        LivePaths paths = new LivePaths(mask);
        liveInputs = paths.networkInputs();
        allGradients = null;
        spread = null;
        for (Step step : steps) {
            step.load(weights, mask, paths);
        }
    }

    @Override
    public Weights weights() {
        return read(Step.Kind.VALUE);
    }

    private Weights read(Step.Kind kind) {
        Weights weights = new Weights(architecture);
        for (Step step : steps) {
            step.read(kind, weights);
        }
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
        return new GraphBuffers(plan, examples);
    }

    @Override
    public EngineOps ops() {
        return ops;
    }

    @Override
    public void forward(ActivationBuffers buffers, int firstPanel, int panels, Mode mode) {
        GraphBuffers own = GraphBuffers.of(buffers);
        Checks.covers(architecture, own, firstPanel, panels);
        boolean training = mode != Mode.EVALUATION && plan.norms() > 0;
        Dropout drops = own.dropouts.passing(firstPanel, panels, mode);
        for (int panel = firstPanel; panel < firstPanel + panels; panel++) {
            own.training[panel] = training;
            for (int s = 0; s < steps.length && !training; s++) {
                steps[s].forward(own, panel);
                drop(drops, own, s, panel);
            }
        }
        for (int s = 0; s < steps.length && training; s++) {
            trainingForward(steps[s], own, firstPanel, firstPanel + panels, mode == Mode.TRAINING);
            for (int panel = firstPanel; panel < firstPanel + panels; panel++) {
                drop(drops, own, s, panel);
            }
        }
    }

    private void drop(@Nullable Dropout drops, GraphBuffers buffers, int step, int panel) {
        if (drops != null && hidden[step] >= 0) {
            drops.drop(buffers.value(steps[step].out), panel, hidden[step]);
        }
    }

    private static void trainingForward(Step step, GraphBuffers buffers, int firstPanel, int end, boolean moves) {
        for (int panel = firstPanel; panel < end; ) {
            int together = step.wholeBatches() ? Math.min(buffers.batchPanels(panel), end - panel) : 1;
            if (step.wholeBatches()) {
                int examples = Math.min(buffers.batchExamples(panel), together * ActivationPanels.LANES);
                step.trainingForward(buffers, panel, together, examples, moves);
            } else {
                step.forward(buffers, panel);
            }
            panel += together;
        }
    }

    /** Passes gradients back from the logits as far as a trained parameter, or an input that is wanted, lies before. */
    private void back(GraphBuffers buffers, int firstPanel, int panels, boolean inputs) {
        int end = firstPanel + panels;
        boolean training = plan.norms() > 0 && buffers.training[firstPanel];
        for (int panel = firstPanel; panel < end && !training; panel++) {
            for (int s = steps.length - 1; s >= 0; s--) {
                back(s, buffers, panel, inputs, false);
            }
        }
        for (int s = steps.length - 1; s >= 0 && training; s--) {
            for (int panel = firstPanel; panel < end; ) {
                int together = steps[s].wholeBatches() ? Math.min(buffers.batchPanels(panel), end - panel) : 1;
                if (steps[s].wholeBatches()) {
                    int examples = Math.min(buffers.batchExamples(panel), together * ActivationPanels.LANES);
                    for (int p = panel; p < panel + together; p++) {
                        gate(s, buffers, p);
                    }
                    steps[s].trainingBackward(buffers, panel, together, examples);
                }
                for (int p = panel; p < panel + together; p++) {
                    back(s, buffers, p, inputs, steps[s].wholeBatches());
                }
                panel += together;
            }
        }
    }

    private void gate(int s, GraphBuffers buffers, int panel) {
        Step step = steps[s];
        Dropout drops = buffers.dropouts.passed(panel);
        if (drops != null && hidden[s] >= 0) {
            drops.scale(buffers.gradient(step.out), panel);
        }
        if (step.out.relu && !step.out.gatedByReader) {
            MapOps.gate(step.kernels.maps(), buffers.gradient(step.out), panel, buffers.value(step.out), panel);
        }
    }

    private void back(int s, GraphBuffers buffers, int panel, boolean inputs, boolean gated) {
        Step step = steps[s];
        if (!step.out.trained && !inputs) {
            return;
        }
        if (!gated) {
            gate(s, buffers, panel);
        }
        for (int i = 0; i < step.plan.in().length; i++) {
            Value value = step.plan.in()[i];
            if (!value.trained && !inputs) {
                continue;
            }
            ActivationPanels gradient = buffers.gradient(value);
            if (!step.plan.adds()[i]) {
                step.backward(buffers, panel, i, gradient, panel);
                continue;
            }
            ActivationPanels more = spares.of(value);
            step.backward(buffers, panel, i, more, 0);
            kernels.maps()
                    .add(
                            more.memory(),
                            0,
                            gradient.memory(),
                            gradient.row(panel, 0),
                            gradient.features() * ActivationPanels.LANES);
        }
    }

    @Override
    public BoundBuffers newBoundBuffers(int examples, boolean linear) {
        return new GraphBoundBuffers(plan, steps, examples, linear);
    }

    @Override
    public void boundMargins(
            BoundBuffers buffers, float epsilon, float linearShare, int[] labels, int firstLabel, int examples) {
        GraphBoundBuffers own = GraphBoundBuffers.of(buffers);
        Checks.fits(architecture, own.architecture());
        own.bind(linearShare, labels, firstLabel, examples);
        bounds().run(own, epsilon);
    }

    @Override
    public void backward(BoundBuffers buffers, boolean natural) {
        GraphBoundBuffers own = GraphBoundBuffers.of(buffers);
        Checks.fits(architecture, own.architecture());
        if (natural) {
            back(own.natural(), 0, own.panels(), false);
        }
        allGradients = null;
        bounds().gradient(own, natural);
    }

    private GraphBounds bounds() {
        GraphBounds made = bounds;
        if (made == null) {
            made = new GraphBounds(kernels, plan, steps, spares);
            bounds = made;
        }
        return made;
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
        GraphBuffers own = GraphBuffers.of(buffers);
        Checks.covers(architecture, own, firstPanel, panels);
        Checks.perturbs(architecture, clean, cleanPanel, x, xPanel, panels);
        back(own, firstPanel, panels, true);
        ActivationPanels gradient = own.inputGradient();
        for (int p = 0; p < panels; p++) {
            for (int first = 0; first < liveInputs.length; ) {
                int count = run(first);
                switch (rule) {
                    case StepRule.Sign sign ->
                        kernels.signStep(
                                gradient.memory(),
                                gradient.row(firstPanel + p, liveInputs[first]),
                                liveInputs,
                                first,
                                count,
                                clean.memory(),
                                clean.row(cleanPanel + p, 0),
                                x.memory(),
                                x.row(xPanel + p, 0),
                                sign.step(),
                                sign.epsilon());
                }
                first += count;
            }
        }
    }

    /** Length of the run of neighbouring live inputs from one on. */
    private int run(int first) {
        int to = first + 1;
        while (to < liveInputs.length && liveInputs[to] == liveInputs[to - 1] + 1) {
            to++;
        }
        return to - first;
    }

    @Override
    public void backward(ActivationBuffers buffers, int firstPanel, int panels, Gradients wanted) {
        GraphBuffers own = GraphBuffers.of(buffers);
        Checks.covers(architecture, own, firstPanel, panels);
        if (wanted == Gradients.ALL_WEIGHTS) {
            allWeightGradients(own, firstPanel, panels);
            return;
        }
        back(own, firstPanel, panels, wanted.inputs());
        if (wanted.weights()) {
            allGradients = null;
            for (Step step : steps) {
                step.weightGradient(own, firstPanel, panels);
            }
        }
    }

    /** All weights' gradients, by an engine of the same weights without a mask; see the engine of fully connected networks. */
    private void allWeightGradients(GraphBuffers buffers, int firstPanel, int panels) {
        GraphEngine whole = unmasked;
        if (whole == null) {
            whole = new GraphEngine(architecture, kernels, KernelMode.DENSE, DenseOrSparsePolicy.DENSE);
            unmasked = whole;
        }
        whole.load(weights(), Mask.dense(architecture));
        Mode mode = buffers.training[firstPanel] || buffers.dropouts.passed(firstPanel) != null
                ? Mode.BATCH_STATISTICS
                : Mode.EVALUATION;
        whole.forward(buffers, firstPanel, panels, mode);
        whole.backward(buffers, firstPanel, panels, Gradients.WEIGHTS);
        Weights gradient = whole.gradient();
        for (Step step : steps) {
            step.write(Step.Kind.GRADIENT, gradient);
        }
        allGradients = gradient;
    }

    @Override
    public Weights gradient() {
        return allGradients != null ? allGradients.copy() : read(Step.Kind.GRADIENT);
    }

    @Override
    public void readWeights(Weights into) {
        for (Step step : steps) {
            step.read(Step.Kind.VALUE, into);
        }
    }

    @Override
    public void readGradient(Weights into) {
        for (Step step : steps) {
            step.read(Step.Kind.GRADIENT, into);
        }
    }

    @Override
    public void writeWeights(Weights from) {
        Checks.fits(architecture, from, mask);
        for (Step step : steps) {
            step.write(Step.Kind.VALUE, from);
        }
    }

    @Override
    public void writeGradient(Weights from) {
        Checks.fits(architecture, from, mask);
        allGradients = null;
        for (Step step : steps) {
            step.write(Step.Kind.GRADIENT, from);
        }
    }

    @Override
    public void clipGradient(float norm) {
        Weights held = spread;
        if (held == null) {
            held = new Weights(architecture);
            spread = held;
        }
        for (Step step : steps) {
            step.read(Step.Kind.GRADIENT, held);
        }
        double squares = 0;
        for (Parameter parameter : architecture.graph().parameters()) {
            float[] values = held.values(parameter.name());
            squares = GradientNorm.addSquares(squares, values, values.length);
        }
        float factor = GradientNorm.factor(squares, norm);
        if (factor == 1) {
            return;
        }
        scale(held, factor);
        for (Step step : steps) {
            step.write(Step.Kind.GRADIENT, held);
        }
        if (allGradients != null) {
            scale(allGradients, factor);
        }
    }

    private void scale(Weights gradient, float factor) {
        for (Parameter parameter : architecture.graph().parameters()) {
            float[] values = gradient.values(parameter.name());
            GradientNorm.scale(values, values.length, factor);
        }
    }

    @Override
    public void update(Update update) {
        Update unpenalised = update.onBiases();
        for (Step step : steps) {
            step.update(update, unpenalised);
        }
    }

    @Override
    public Weights moment(int order) {
        return read(order == 0 ? Step.Kind.FIRST_MOMENT : Step.Kind.SECOND_MOMENT);
    }

    @Override
    public void loadMoments(Weights first, Weights second) {
        Checks.fits(architecture, first, mask);
        Checks.fits(architecture, second, mask);
        for (Step step : steps) {
            step.write(Step.Kind.FIRST_MOMENT, first);
            step.write(Step.Kind.SECOND_MOMENT, second);
        }
    }
}
