package org.espalier.dynamic.early;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.espalier.dynamic.Selection;
import org.espalier.network.Architecture;
import org.espalier.network.Graph;
import org.espalier.network.Mask;
import org.espalier.network.Operation;
import org.espalier.network.Units;
import org.espalier.network.Weights;
import org.espalier.random.Stream;

/**
 * Masks of the channels whose batch norm has the largest scales, ranked over the whole network, and at least one of each layer. A
 * channel counts if a batch norm with scales reads its layer and it can be taken out ({@link Units}); all others stay. Positions
 * are channels. You et al., "Drawing early-bird tickets" (2020), section 3, and their code.
 */
final class ChannelMasks implements TicketMasks {
    /** A layer whose channels count, and the parameter with their scales. */
    private record Scaled(int layer, String scales) {}

    private final Architecture architecture;
    private final Units units;
    private final List<Scaled> scaled;
    private final int channels; // of all these layers
    private final double density; // share of the channels that is kept
    private final Selection selection = new Selection();

    ChannelMasks(Architecture architecture, double density) {
        this.architecture = architecture;
        this.density = density;
        units = new Units(architecture);
        scaled = scaled(architecture, units);
        channels = scaled.stream()
                .mapToInt(each -> architecture.outputs(each.layer))
                .sum();
    }

    private static List<Scaled> scaled(Architecture architecture, Units units) {
        List<Scaled> found = new ArrayList<>();
        for (int layer = 0; layer < architecture.layers(); layer++) {
            for (Graph.Node node : architecture.graph().nodes()) {
                if (units.removable(layer)
                        && node.operation() instanceof Operation.BatchNorm norm
                        && norm.affine()
                        && node.inputs().contains(architecture.node(layer))) {
                    found.add(new Scaled(layer, node.name() + ".weight"));
                    break;
                }
            }
        }
        return List.copyOf(found);
    }

    /**
     * Refuses a network without such channels.
     *
     * @throws IllegalArgumentException that says so, to follow the setting's name
     */
    static void check(Architecture architecture) {
        if (scaled(architecture, new Units(architecture)).isEmpty()) {
            throw new IllegalArgumentException("of is channels, which are ranked by the scales of batch norms,"
                    + " expected a network with a batch norm behind a layer whose channels can be taken out, got "
                    + architecture);
        }
    }

    /** The mask without the channels of the smallest scales. Of equal ones a fixed draw decides, the same at every update. */
    @Override
    public Mask cut(Weights weights) {
        int[] keys = new int[channels];
        int next = 0;
        for (Scaled each : scaled) {
            for (float scale : weights.values(each.scales)) {
                keys[next++] = Selection.magnitude(scale);
            }
        }
        BitSet all = new BitSet();
        all.set(0, channels);
        int count = (int) Math.max(1, Math.round(density * channels));
        BitSet kept = selection.highest(all, keys, count, Stream.root(0));
        BitSet[] survivors = survivors(Mask.dense(architecture));
        int base = 0;
        for (Scaled each : scaled) {
            int size = architecture.outputs(each.layer);
            BitSet own = kept.get(base, base + size);
            if (own.isEmpty()) {
                own.set(WeightMasks.largest(keys, base, size));
            }
            for (int channel = own.nextClearBit(0); channel < size; channel = own.nextClearBit(channel + 1)) {
                units.clear(survivors, each.layer, channel);
            }
            base += size;
        }
        return Mask.of(architecture, survivors);
    }

    private static BitSet[] survivors(Mask mask) {
        BitSet[] survivors = new BitSet[mask.architecture().layers()];
        for (int layer = 0; layer < survivors.length; layer++) {
            survivors[layer] = mask.survivors(layer);
        }
        return survivors;
    }

    /** The channels of a mask that are there, numbered through all layers that count. */
    private BitSet present(Mask mask) {
        BitSet[] survivors = survivors(mask);
        BitSet present = new BitSet();
        int base = 0;
        for (Scaled each : scaled) {
            int from = base;
            units.present(survivors, each.layer).stream().forEach(channel -> present.set(from + channel));
            base += architecture.outputs(each.layer);
        }
        return present;
    }

    @Override
    public double distance(Mask a, Mask b) {
        BitSet differing = present(a);
        differing.xor(present(b));
        return (double) differing.cardinality() / channels;
    }

    @Override
    public double keptDistance(Mask earlier, Mask newest) {
        BitSet lacking = present(newest);
        int kept = lacking.cardinality();
        lacking.andNot(present(earlier));
        return (double) lacking.cardinality() / kept;
    }
}
