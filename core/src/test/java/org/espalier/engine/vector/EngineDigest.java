package org.espalier.engine.vector;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.BoundBuffers;
import org.espalier.engine.Gradients;
import org.espalier.engine.StepRule;
import org.espalier.engine.Update;
import org.espalier.engine.graph.GraphBoundDigest;
import org.espalier.engine.graph.GraphTrainingDigest;
import org.espalier.engine.kernel.ConvDigest;
import org.espalier.engine.layer.DenseOrSparsePolicy;
import org.espalier.engine.ops.KernelChoice;
import org.espalier.engine.ops.PanelOps;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Stream;

/**
 * Prints digests of every bit that the engine makes in short trainings at awkward shapes and densities: one line for each
 * shape, density, kernel policy, training, step, computed quantity and layer. {@link BitIdentityTest} runs it once per
 * register width and compares the lines, so that the first line that differs names what was computed differently, and where.
 */
final class EngineDigest {
    private static final List<Architecture> SHAPES = List.of(
            new Architecture(List.of(1, 1), false),
            new Architecture(List.of(1, 2), true),
            new Architecture(List.of(13, 6, 3), false),
            new Architecture(List.of(7, 17, 5, 2), true),
            new Architecture(List.of(207, 31, 10), false),
            new Architecture(List.of(160, 120, 90, 4), true), // cut into blocks both ways
            new Architecture(List.of(50, 33, 20, 11, 4), true));
    private static final double[] DENSITIES = {0, 0.01, 0.1, 0.3, 0.7, 1};

    private final MessageDigest digest;
    private final ByteBuffer four = ByteBuffer.allocate(4);

    private final String name;
    private final StringBuilder lines = new StringBuilder();

    private EngineDigest(Architecture shape, double density, int policy) throws NoSuchAlgorithmException {
        digest = MessageDigest.getInstance("SHA-256");
        name = "digest " + shape + " density " + density + " policy " + policy;
    }

    public static void main(String[] arguments) throws NoSuchAlgorithmException {
        System.out.println("bits " + KernelChoice.chosen().bits());
        ConvDigest.print();
        GraphBoundDigest.print();
        GraphTrainingDigest.print();
        for (Architecture shape : SHAPES) {
            for (double density : DENSITIES) {
                for (int policy = 0; policy < RandomCases.POLICIES.size(); policy++) {
                    EngineDigest digests = new EngineDigest(shape, density, policy);
                    digests.train(shape, density, RandomCases.POLICIES.get(policy));
                    digests.trainOnBounds(shape, density, RandomCases.POLICIES.get(policy));
                    System.out.print(digests.lines);
                }
            }
        }
    }

    /** A few steps of PGD-like training over one full and one partial panel, every intermediate value digested. */
    private void train(Architecture shape, double density, DenseOrSparsePolicy policy) {
        Stream stream = Stream.root(7).child(shape.toString());
        Mask mask = RandomCases.mask(shape, density, stream);
        VectorEngine engine = new VectorEngine(shape, KernelChoice.chosen(), policy);
        Weights weights = RandomCases.weights(shape, stream);
        quieten(weights);
        engine.load(weights, mask);
        int examples = 93;
        ActivationBuffers buffers = engine.newBuffers(examples);
        ActivationPanels clean = new ActivationPanels(shape.inputs(), examples);
        RandomCases.inputs(clean, examples, stream);
        int[] labels = RandomCases.labels(examples, shape.classes(), stream);
        for (int step = 1; step <= 3; step++) {
            buffers.input().copy(clean, 0, 0, 2);
            PanelOps.CHOSEN.uniformNoise(
                    stream.child(step), 5, clean, 0, buffers.input(), 0, 2, engine.liveInputs(), 0.3f);
            for (int i = 0; i < 2; i++) {
                engine.forward(buffers, 0, 2);
                PanelOps.CHOSEN.crossEntropyGradient(
                        buffers.logits(), buffers.logitGradient(), 0, 2, labels, 0, examples, 0.1f, 1f);
                engine.backward(buffers, 0, 2, Gradients.INPUTS);
                add(buffers.inputGradient().memory(), 0, 2 * shape.inputs() * ActivationPanels.LANES);
                end("attack", step, "input gradient " + i, 0);
                engine.perturb(buffers, 0, 2, new StepRule.Sign(0.05f, 0.3f), clean, 0, buffers.input(), 0);
            }
            engine.forward(buffers, 0, 2);
            add(buffers.logits().memory(), 0, 2 * shape.classes() * ActivationPanels.LANES);
            end("attack", step, "forward", shape.layers() - 1);
            PanelOps.CHOSEN.crossEntropyGradient(
                    buffers.logits(), buffers.logitGradient(), 0, 2, labels, 0, examples, 0f, 1f / examples);
            engine.backward(buffers, 0, 2, Gradients.WEIGHTS);
            add("attack", step, "weight gradient", engine.gradient());
            if (step > 1) {
                engine.clipGradient(0.01f);
                add("attack", step, "clipped gradient", engine.gradient());
            }
            switch (step) {
                case 1 -> engine.update(new Update.Adam(0.01f, 0.9f, 0.999f, 1e-7f, 1e-4f, 1e-5f));
                case 2 -> engine.update(new Update.Adam(0.01f, 0.9f, 0.999f, 1e-7f, 1e-4f, 1e-5f, 1e-3f));
                default -> {
                    engine.update(new Update.Nesterov(0.1f, 0.9f, 0, 0, 1e-3f));
                    engine.update(new Update.Momentum(0.1f, 0.9f, 0, 1e-3f));
                }
            }
            add("attack", step, "update", engine.weights());
            add("attack", step, "moment 0", engine.moment(0));
            add("attack", step, "moment 1", engine.moment(1));
        }
    }

    /** A few steps on worst cases, by intervals, by linear bounds and by both, with a partial batch between. */
    private void trainOnBounds(Architecture shape, double density, DenseOrSparsePolicy policy) {
        if (shape.classes() < 2) {
            return;
        }
        Stream stream = Stream.root(8).child(shape.toString());
        VectorEngine engine = new VectorEngine(shape, KernelChoice.chosen(), policy);
        engine.load(RandomCases.weights(shape, stream), RandomCases.mask(shape, density, stream));
        BoundBuffers buffers = engine.newBoundBuffers(93, true);
        float[] shares = {0f, 0.3f, 1f};
        for (int step = 1; step <= 3; step++) {
            int examples = step == 2 ? 41 : 93;
            int panels = ActivationPanels.panelsFor(examples);
            ActivationPanels clean = new ActivationPanels(shape.inputs(), examples);
            RandomCases.inputs(clean, examples, stream.child(step));
            buffers.natural().input().copy(clean, 0, 0, panels);
            int[] labels = RandomCases.labels(examples, shape.classes(), stream.child(step));
            engine.forward(buffers.natural(), 0, panels);
            PanelOps.CHOSEN.crossEntropyGradient(
                    buffers.natural().logits(),
                    buffers.natural().logitGradient(),
                    0,
                    panels,
                    labels,
                    0,
                    examples,
                    0f,
                    0.5f / examples);
            engine.boundMargins(buffers, 0.02f * step, shares[step - 1], labels, 0, examples);
            add(buffers.marginBounds().memory(), 0, panels * shape.classes() * ActivationPanels.LANES);
            end("bounds", step, "bounds", shape.layers() - 1);
            PanelOps.CHOSEN.crossEntropyGradient(
                    buffers.marginBounds(),
                    buffers.marginBoundGradients(),
                    0,
                    panels,
                    labels,
                    0,
                    examples,
                    0.1f,
                    0.5f / examples);
            engine.backward(buffers, step < 3);
            add("bounds", step, "weight gradient", engine.gradient());
            engine.update(new Update.Adam(0.01f, 0.9f, 0.999f, 1e-7f, 1e-4f, 0));
            add("bounds", step, "update", engine.weights());
        }
    }

    /** Where there are biases, most hidden units off, so that few deltas are not zero. */
    private static void quieten(Weights weights) {
        Architecture shape = weights.architecture();
        for (int layer = 0; layer + 1 < shape.layers(); layer++) {
            float[] biases = weights.biases(layer);
            for (int o = 0; o < biases.length; o++) {
                biases[o] -= o % 4 == 0 ? 0 : 0.7f;
            }
        }
    }

    private void add(String training, int step, String label, Weights weights) {
        for (int layer = 0; layer < weights.architecture().layers(); layer++) {
            for (float value : weights.matrix(layer)) {
                add(value);
            }
            for (float value : weights.biases(layer)) {
                add(value);
            }
            end(training, step, label, layer);
        }
    }

    private void add(MemorySegment memory, long offset, int count) {
        for (int i = 0; i < count; i++) {
            add(memory.get(ValueLayout.JAVA_FLOAT, offset + i * 4L));
        }
    }

    /** Ends a line: the digest of the values added since the line before. */
    private void end(String training, int step, String label, int layer) {
        String bits = HexFormat.of().formatHex(digest.digest(), 0, 8);
        lines.append(name)
                .append(" training ")
                .append(training)
                .append(" step ")
                .append(step)
                .append(' ')
                .append(label)
                .append(" layer ")
                .append(layer)
                .append(" = ")
                .append(bits)
                .append('\n');
    }

    private void add(float value) {
        digest.update(four.putInt(0, Float.floatToRawIntBits(value)).array());
    }
}
