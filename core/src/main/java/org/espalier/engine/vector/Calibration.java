package org.espalier.engine.vector;

import java.util.BitSet;
import java.util.List;
import java.util.function.LongSupplier;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Gradients;
import org.espalier.engine.PanelBuffers;
import org.espalier.engine.Update;
import org.espalier.engine.kernel.Kernels;
import org.espalier.engine.layer.Crossover;
import org.espalier.engine.layer.CrossoverTimer;
import org.espalier.engine.layer.DenseOrSparsePolicy;
import org.espalier.engine.layer.KernelClock;
import org.espalier.engine.ops.KernelChoice;
import org.espalier.engine.simd.Lanes;
import org.espalier.engine.simd.dense.DenseMatmul256;
import org.espalier.network.Architecture;
import org.espalier.network.InitialWeights;
import org.espalier.network.Mask;
import org.espalier.random.Stream;

/**
 * Finds each layer shape's {@link Crossover} on the machine at hand, with small networks of that one layer, when a layer that
 * could go either way is first loaded ({@link CrossoverTimer}).
 */
public final class Calibration implements DenseOrSparsePolicy {
    /** For this process. */
    public static final Calibration PROCESS = new Calibration(KernelChoice.chosen(), KernelClock::nanoTime);

    /** Densities outside of these are not worth a measurement: which kernel wins is known. */
    private static final double[] DENSITIES = {0.4, 0.55, 0.7, 0.9};

    /** Layers of fewer weights take next to no time either way. */
    private static final int SMALLEST = 1 << 13;
    /** Larger layers are measured by one that has this many weights at most and the same proportions. */
    private static final int LARGEST = 1 << 18;

    /** Rounds that are measured, after the kernels are compiled. */
    private static final int ROUNDS = 16;
    /**
     * What sparse kernels cost more beside the memory that a whole network's pass reads than alone with a layer: they read
     * more bytes for each multiply-add. On an AMD EPYC with AVX2, at 80 % of the weights, both took the same alone, and sparse
     * ones 4 to 5 % more in a step and in an evaluation.
     */
    private static final double IN_PLACE = 1.05;
    /**
     * What a product that leaves zeros out takes for each row and group of lanes that is not zero, over what the dense one
     * takes for each: it reads more weights, and a list. Measured 1.16 on an AMD EPYC with AVX2, not with 512 bits.
     */
    private static final double ACTIVE_COST = 1.2;
    /**
     * The same where weights stand for sparse kernels: after each update they are put into its order first. With 1.3 a PGD step
     * at 41 % of the weights took 0.95 to 0.99 of the time with 1.5, one at 33 % the same; with 1.1 and less some took longer.
     * Measured on an AMD EPYC with AVX2, each in a process of its own; not with 512 bits.
     */
    private static final double ACTIVE_COST_SPARSE = 1.3;
    /** How much longer it takes where C2 takes its twelve accumulators one register too far; see {@link DenseMatmul256}. */
    private static final double SPILLING = 2;
    /** What the kernels are compiled with: small, and cut into blocks both ways as the layers that matter are. */
    private static final List<Integer> WARM_UP = List.of(120, 120);

    /** A PGD-10 step has twelve passes forward and ten back to the inputs to two weight gradients and one update. */
    private static final int PASSES = 5;

    private final Kernels kernels;
    private final CrossoverTimer<List<Integer>> timer;

    Calibration(Kernels kernels, LongSupplier nanoTime) {
        this.kernels = kernels;
        timer = new CrossoverTimer<>(
                nanoTime,
                new CrossoverTimer.Settings(DENSITIES, ROUNDS, IN_PLACE, Crossover.DEFAULT),
                this::probes,
                shape -> shape.get(0) + " x " + shape.get(1),
                WARM_UP);
    }

    @Override
    public boolean dense(int inputs, int outputs, int live) {
        double density = (double) live / ((long) inputs * outputs);
        boolean open = density > DENSITIES[0] && density < 1;
        if (!open || inputs * outputs < SMALLEST || kernels.bits() == 0) {
            return Crossover.DEFAULT.dense(density);
        }
        return timer.of(representative(inputs, outputs)).dense(density);
    }

    @Override
    public double activeBelow(int inputs, int outputs, int live, boolean dense) {
        if (inputs * outputs < SMALLEST || kernels.bits() == 0) {
            return 0;
        }
        double cost = Lanes.WIDE || Lanes.TWELVE_CHAINS ? 1 : SPILLING;
        if (dense) {
            return 1 / (cost * ACTIVE_COST);
        }
        double density = (double) live / ((long) inputs * outputs);
        Crossover crossover = timer.known(representative(inputs, outputs));
        return Math.min(1, density / crossover.density()) / (cost * ACTIVE_COST_SPARSE);
    }

    /** What has been found, in words, by shape. */
    public List<String> describe() {
        return timer.describe();
    }

    /** The shape itself, or a smaller one. */
    private static List<Integer> representative(int inputs, int outputs) {
        int in = inputs;
        int out = outputs;
        while ((long) in * out > LARGEST) {
            if (in >= out) {
                in = (in + 1) / 2;
            } else {
                out = (out + 1) / 2;
            }
        }
        return List.of(in, out);
    }

    /** One for each density with sparse kernels, then one with dense ones. */
    private Runnable[] probes(List<Integer> shape) {
        Architecture architecture = new Architecture(shape, false);
        Runnable[] probes = new Runnable[DENSITIES.length + 1];
        for (int i = 0; i < DENSITIES.length; i++) {
            probes[i] = new Probe(architecture, DENSITIES[i], DenseOrSparsePolicy.SPARSE);
        }
        probes[DENSITIES.length] = new Probe(architecture, 0.7, DenseOrSparsePolicy.DENSE);
        return probes;
    }

    /** A network of one layer that does half a PGD-10 step's work, over and over. */
    private final class Probe implements Runnable {
        private static final InputGradientSink NOWHERE = (panel, gradient, offset, features, first, count) -> {};

        /** Changes no weight, but makes all that is derived from the weights be made again. */
        private static final Update NOTHING = new Update.Adam(0f, 0.9f, 0.999f, 1e-7f, 0f, 0f);

        private final VectorEngine engine;
        private final PanelBuffers buffers;

        Probe(Architecture architecture, double density, DenseOrSparsePolicy policy) {
            Stream stream = Stream.root(1);
            engine = new VectorEngine(architecture, kernels, policy);
            engine.load(InitialWeights.GLOROT_UNIFORM.draw(architecture, stream), mask(architecture, density, stream));
            buffers = engine.newBuffers(ActivationPanels.LANES);
            fill(buffers.input(), stream.child("inputs"));
            fill(buffers.logitGradient(), stream.child("gradient"));
        }

        private static Mask mask(Architecture architecture, double density, Stream stream) {
            BitSet kept = new BitSet();
            for (int i = 0; i < architecture.weights(0); i++) {
                kept.set(i, stream.child("mask").uniform(i) < density);
            }
            return Mask.of(architecture, new BitSet[] {kept});
        }

        private static void fill(ActivationPanels panels, Stream stream) {
            for (int f = 0; f < panels.features(); f++) {
                for (int e = 0; e < ActivationPanels.LANES; e++) {
                    panels.set(f, e, stream.uniform((long) f * ActivationPanels.LANES + e));
                }
            }
        }

        @Override
        public void run() {
            for (int i = 0; i < PASSES; i++) {
                engine.forward(buffers, 0, 1);
                engine.inputGradient(buffers, 0, 1, NOWHERE);
            }
            engine.forward(buffers, 0, 1);
            engine.backward(buffers, 0, 1, Gradients.WEIGHTS);
            engine.update(NOTHING);
        }
    }
}
