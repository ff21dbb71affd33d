package org.espalier.engine;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.espalier.network.Architecture;
import org.espalier.network.Graph;
import org.espalier.network.Operation;
import org.espalier.random.Stream;

/**
 * Dropout of hidden units in training: each unit of a fully connected layer is 0 after its ReLU with a given probability, and else
 * multiplied by 1 / (1 - that probability). Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting"
 * (2014), section 4, with the factor in training instead of evaluation. What a unit is multiplied by depends on the stream, the
 * number of the example, the layer and the unit only.
 *
 * <p>Given to buffers by {@link ActivationBuffers#dropout}. Feature maps, inputs and logits are never dropped.
 */
public final class Dropout {
    /** A draw has 16 bits, so that one block of the stream decides on 4 units. */
    private static final int BITS = 16;

    private static final int UNITS = Long.SIZE / BITS;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

    private final int dropped; // draws below this drop the unit
    private final float scale;
    private final Stream[] streams; // (hidden layer)
    private int firstExample;
    private int examples;

    /**
     * Dropout for a network.
     *
     * @param rate probability that a unit is dropped, in (0, 1); rounded to a multiple of 1 / 65,536
     * @throws IllegalArgumentException if the rate is outside, also after rounding
     */
    public Dropout(double rate, Architecture architecture, Stream stream) {
        if (!allows(rate)) {
            throw new IllegalArgumentException(
                    "the rate of a dropout must be above 0 and below 1 after rounding to a multiple of 1/65536, got "
                            + rate);
        }
        dropped = (int) Math.rint(rate * (1 << BITS));
        scale = (float) ((1 << BITS) / (double) ((1 << BITS) - dropped));
        streams = new Stream[Math.max(1, hiddenLayers(architecture))];
        for (int layer = 0; layer < streams.length; layer++) {
            streams[layer] = stream.child(layer);
        }
    }

    /** Whether a rate is above 0 and below 1, also after rounding to a multiple of 1 / 65,536. */
    public static boolean allows(double rate) {
        double draws = Math.rint(rate * (1 << BITS));
        return draws > 0 && draws < 1 << BITS;
    }

    /** Layers whose units can be dropped: ReLUs of values that are no feature maps. */
    public static int hiddenLayers(Architecture architecture) {
        Graph graph = architecture.graph();
        return (int) graph.nodes().stream()
                .filter(node -> node.operation() instanceof Operation.Relu)
                .filter(node -> graph.shape(node.name()).dimensions() == 1)
                .count();
    }

    /**
     * Says which examples stand in the lanes from panel 0 on.
     *
     * @param first number of the first example in the stream
     * @param count lanes past these are left alone
     */
    public void examples(int first, int count) {
        firstExample = first;
        examples = count;
    }

    /**
     * Drops units of one panel.
     *
     * @param layer number of the hidden layer, from 0, in the order of evaluation
     * @param values what the layer's ReLU made
     */
    public void drop(ActivationPanels values, int panel, int layer) {
        MemorySegment memory = values.memory();
        Stream stream = streams[layer];
        int before = panel * ActivationPanels.LANES;
        int lanes = Math.min(ActivationPanels.LANES, examples - before);
        for (int unit = 0; unit < values.features(); unit += UNITS) {
            int end = Math.min(unit + UNITS, values.features());
            for (int lane = 0; lane < lanes; lane++) {
                long bits = bits(stream, before + lane, unit);
                for (int u = unit; u < end; u++) {
                    long at = values.row(panel, u) + Float.BYTES * (long) lane;
                    memory.set(FLOAT, at, drops(bits, u) ? 0 : memory.get(FLOAT, at) * scale);
                }
            }
        }
    }

    /** The factor of one unit: 0 or 1 / (1 - rate), and 1 past the last example. */
    public double factor(int layer, int example, int unit) {
        if (example >= examples) {
            return 1;
        }
        return drops(bits(streams[layer], example, unit), unit) ? 0 : scale;
    }

    private long bits(Stream stream, int example, int unit) {
        return stream.bits(((long) (firstExample + example) << Integer.SIZE) | unit / UNITS);
    }

    private boolean drops(long bits, int unit) {
        return (bits >>> (BITS * (unit % UNITS)) & ((1 << BITS) - 1)) < dropped;
    }

    /** Multiplies gradients of what {@link #drop} made, zero where a unit was dropped or off, by the factor of the others. */
    public void scale(ActivationPanels gradients, int panel) {
        MemorySegment memory = gradients.memory();
        long end = gradients.row(panel, 0) + gradients.features() * ActivationPanels.ROW_BYTES;
        for (long at = gradients.row(panel, 0); at < end; at += Float.BYTES) {
            memory.set(FLOAT, at, memory.get(FLOAT, at) * scale);
        }
    }
}
