package org.espalier.dynamic;

import java.util.BitSet;
import org.espalier.data.Split;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Engine;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.espalier.train.mask.MaskProcess;
import org.espalier.train.mask.MaskTraining;

/** {@link RandomNodes} at work: the search comes before the first update. */
final class NodeSearch implements MaskProcess {
    private static final int BATCH = 256;

    private final MaskTraining training;
    private final double nodes;
    private final int masks;
    private final int images;
    private final Selection selection = new Selection();

    NodeSearch(MaskTraining training, double nodes, int masks, int images) {
        this.training = training;
        this.nodes = nodes;
        this.masks = masks;
        this.images = images;
    }

    @Override
    public void step(int iteration) {
        if (iteration == 0) {
            search();
        }
        training.gradient();
        training.update(training.whole());
    }

    private void search() {
        Engine engine = training.engine();
        Weights weights = engine.weights();
        ActivationBuffers buffers = engine.newBuffers(BATCH);
        Mask best = Mask.dense(engine.architecture());
        double least = Double.POSITIVE_INFINITY;
        for (int number = 0; number < masks; number++) {
            Mask mask =
                    draw(engine.architecture(), training.stream().child("nodes").child(number));
            Weights kept = weights.copy();
            kept.apply(mask);
            engine.load(kept, mask);
            double loss = loss(engine, buffers);
            if (number == 0 || loss < least) {
                best = mask;
                least = loss;
            }
        }
        weights.apply(best);
        engine.load(weights, best);
    }

    /** A mask of as many hidden nodes of each layer as are kept, at least 1. */
    Mask draw(Architecture architecture, Stream stream) {
        BitSet[] survivors = new BitSet[architecture.layers()];
        BitSet before = new BitSet(); // nodes of the layer before that are kept
        boolean connected = architecture.fullyConnected().isPresent();
        for (int layer = 0; layer < survivors.length; layer++) {
            int outputs = architecture.outputs(layer);
            int inputs = architecture.inputs(layer);
            BitSet all = new BitSet();
            all.set(0, outputs);
            BitSet kept = layer + 1 < survivors.length
                    ? selection.random(all, (int) Math.max(1, Math.round(nodes * outputs)), stream.child(layer))
                    : all;
            survivors[layer] = new BitSet();
            for (int output = kept.nextSetBit(0); output >= 0; output = kept.nextSetBit(output + 1)) {
                for (int input = 0; input < inputs; input++) {
                    survivors[layer].set(output * inputs + input, layer == 0 || !connected || before.get(input));
                }
            }
            before = kept;
        }
        return Mask.of(architecture, survivors);
    }

    /** Mean cross-entropy on the first training images. */
    private double loss(Engine engine, ActivationBuffers buffers) {
        Split split = training.images();
        int count = Math.min(images, split.size());
        int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            order[i] = i;
        }
        double[] losses = new double[BATCH];
        double sum = 0;
        for (int first = 0; first < count; first += BATCH) {
            int examples = Math.min(BATCH, count - first);
            int panels = ActivationPanels.panelsFor(examples);
            engine.ops().loadImages(split, order, first, examples, buffers.input(), 0);
            engine.forward(buffers, 0, panels);
            engine.ops().crossEntropy(buffers.logits(), 0, split.labels(), first, examples, 0, losses, 0);
            for (int i = 0; i < examples; i++) {
                sum += losses[i];
            }
        }
        return sum / count;
    }

    @Override
    public Mask mask() {
        return training.engine().mask();
    }
}
