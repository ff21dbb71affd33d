package org.espalier.engine.graph;

import java.util.BitSet;
import java.util.List;
import java.util.function.LongSupplier;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.graph.map.MapLayout;
import org.espalier.engine.graph.map.Phases;
import org.espalier.engine.kernel.ConvKernels.Positions;
import org.espalier.engine.kernel.Kernels;
import org.espalier.engine.kernel.Kernels.Epilogue;
import org.espalier.engine.layer.Crossover;
import org.espalier.engine.layer.CrossoverTimer;
import org.espalier.engine.layer.KernelClock;
import org.espalier.engine.ops.KernelChoice;
import org.espalier.network.Operation;
import org.espalier.network.Shape;
import org.espalier.random.Stream;

/**
 * Finds the {@link Crossover} of each convolution's shape on the machine at hand, when a convolution that could go either way is
 * first loaded ({@link CrossoverTimer}).
 */
public final class ConvCalibration {
    /** Densities outside of these are not worth a measurement: which kernel wins is known. */
    private static final double[] DENSITIES = {0.25, 0.4, 0.55, 0.75};

    /** What is believed when measuring fails. */
    private static final Crossover DEFAULT = new Crossover(0.5, false);

    private static final int ROUNDS = 8;

    /** Multiply-adds of an example below which a convolution takes next to no time either way. */
    private static final long SMALLEST = 1 << 14;
    /** Larger ones are measured by one of fewer rows and channels that has this many at most. */
    private static final long LARGEST = 1 << 19;

    /** Output rows that are left at least. */
    private static final int ROWS = 4;
    /** Channels that are left at least: the width of the widest block. */
    private static final int CHANNELS = 12;

    /** A PGD-10 step has twelve passes forward and eleven back to the inputs to two weight gradients and one update. */
    private static final int PASSES = 5;

    /** For this process; after the constants that its settings are made of. */
    public static final ConvCalibration PROCESS = new ConvCalibration(KernelChoice.chosen(), KernelClock::nanoTime);

    private final Kernels kernels;
    private final CrossoverTimer<Kind> timer;

    /** A convolution of images of one size. */
    private record Kind(Operation.Conv2d conv, int height, int width) {
        int outputs(int size) {
            return (size + 2 * conv.padding() - conv.kernel()) / conv.stride() + 1;
        }

        long multiplyAdds() {
            return (long) conv.inputs()
                    * conv.outputs()
                    * conv.kernel()
                    * conv.kernel()
                    * outputs(height)
                    * outputs(width);
        }

        /** Itself, or a smaller one. */
        Kind representative() {
            Kind kind = this;
            while (kind.multiplyAdds() > LARGEST) {
                Kind smaller = kind.smaller();
                if (smaller.equals(kind)) {
                    return kind;
                }
                kind = smaller;
            }
            return kind;
        }

        private Kind smaller() {
            int rows = outputs(height);
            int less = (rows / 2 - 1) * conv.stride() + conv.kernel() - 2 * conv.padding();
            if (rows >= 2 * ROWS && less >= 1) {
                return new Kind(conv, less, width);
            }
            int in = conv.inputs();
            int out = conv.outputs();
            if (Math.max(in, out) < 2 * CHANNELS) {
                return this;
            }
            in = in >= out ? (in + 1) / 2 : in;
            out = conv.inputs() >= out ? out : (out + 1) / 2;
            return new Kind(
                    new Operation.Conv2d(in, out, conv.kernel(), conv.stride(), conv.padding(), conv.bias()),
                    height,
                    width);
        }
    }

    ConvCalibration(Kernels kernels, LongSupplier nanoTime) {
        this.kernels = kernels;
        timer = new CrossoverTimer<>(
                nanoTime,
                new CrossoverTimer.Settings(DENSITIES, ROUNDS, 1, DEFAULT),
                this::probes,
                kind -> "convolutions of " + kind.conv().inputs() + " to "
                        + kind.conv().outputs() + " channels, kernel "
                        + kind.conv().kernel() + ", stride " + kind.conv().stride() + ", " + kind.height() + " x "
                        + kind.width(),
                null);
    }

    /**
     * Whether a convolution runs dense.
     *
     * @param kernels that it runs with
     * @param in shape of its input: channels, rows, columns
     * @param density share of live weights
     */
    boolean dense(Kernels kernels, Operation.Conv2d conv, Shape in, double density) {
        Kind kind = new Kind(conv, in.size(1), in.size(2));
        boolean open = density > DENSITIES[0] && density < 1;
        if (!open || kernels != this.kernels || kernels.bits() == 0 || kind.multiplyAdds() < SMALLEST) {
            return DEFAULT.dense(density);
        }
        return timer.of(kind.representative()).dense(density);
    }

    /** What has been found, in words, by shape. */
    public List<String> describe() {
        return timer.describe();
    }

    /** One for each density with sparse kernels, then one with dense ones; all work on the same maps. */
    private Runnable[] probes(Kind kind) {
        Maps maps = new Maps(kind);
        Runnable[] probes = new Runnable[DENSITIES.length + 1];
        for (int i = 0; i < DENSITIES.length; i++) {
            probes[i] = new Probe(maps, DENSITIES[i], false);
        }
        probes[DENSITIES.length] = new Probe(maps, 1, true);
        return probes;
    }

    /** What a convolution reads and writes. */
    private static final class Maps {
        final Operation.Conv2d conv;
        final MapLayout from;
        final MapLayout to;
        final List<Phases.Phase> phases;
        final Positions positions;
        final ActivationPanels in;
        final ActivationPanels out;
        final ActivationPanels inGradient;
        final ActivationPanels outGradient;

        Maps(Kind kind) {
            conv = kind.conv();
            Shape shape = Shape.of(conv.inputs(), kind.height(), kind.width());
            Shape made = Shape.of(conv.outputs(), kind.outputs(kind.height()), kind.outputs(kind.width()));
            from = new MapLayout(conv.inputs(), kind.height(), kind.width(), conv.padding());
            to = new MapLayout(conv.outputs(), made.size(1), made.size(2), Phases.border(conv, shape, made));
            phases = Phases.of(conv, shape, made);
            positions = ConvWeights.positions(conv, from, to);
            in = new ActivationPanels(from.places(), ActivationPanels.LANES);
            out = new ActivationPanels(to.places(), ActivationPanels.LANES);
            inGradient = new ActivationPanels(from.places(), ActivationPanels.LANES);
            outGradient = new ActivationPanels(to.places(), ActivationPanels.LANES);
            fill(in, Stream.root(1));
            fill(outGradient, Stream.root(2));
        }

        private static void fill(ActivationPanels panels, Stream stream) {
            for (int f = 0; f < panels.features(); f++) {
                for (int e = 0; e < ActivationPanels.LANES; e++) {
                    panels.set(f, e, stream.uniform((long) f * ActivationPanels.LANES + e));
                }
            }
        }
    }

    /** A convolution that does half a PGD-10 step's work, over and over. */
    private final class Probe implements Runnable {
        private final Maps maps;
        private final ConvWeights weights;

        Probe(Maps maps, double density, boolean dense) {
            this.maps = maps;
            Operation.Conv2d conv = maps.conv;
            Stream stream = Stream.root(3);
            BitSet kept = new BitSet();
            int all = conv.inputs() * conv.outputs() * conv.kernel() * conv.kernel();
            for (int i = 0; i < all; i++) {
                kept.set(i, stream.uniform(i) < density);
            }
            weights = new ConvWeights(conv, kernels.convolutions(), kept, kept, dense, maps.from, maps.to, maps.phases);
            for (int k = 0; k < weights.count; k++) {
                weights.values[k] = stream.uniform(all + k) - 0.5f;
            }
            weights.changed();
        }

        @Override
        public void run() {
            for (int i = 0; i < PASSES; i++) {
                weights.forward(
                        false, null, maps.in, 0, maps.out, 0, maps.positions, maps.to.offset(0, 0, 0), Epilogue.RELU);
                weights.backward(false, maps.outGradient, 0, maps.to, maps.inGradient, 0, Epilogue.GATE, maps.in);
            }
            weights.gradient(
                    maps.outGradient, maps.to.offset(0, 0, 0), maps.in, 0, 1, maps.positions, weights.gradients);
            weights.changed();
        }
    }
}
