package org.espalier.engine.vector;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Gradients;
import org.espalier.engine.PanelBuffers;
import org.espalier.engine.Update;
import org.espalier.engine.kernel.Kernels;
import org.espalier.engine.layer.DenseOrSparsePolicy;
import org.espalier.engine.ops.KernelChoice;
import org.espalier.engine.simd.Lanes;
import org.espalier.engine.simd.dense.DenseMatmul256;
import org.espalier.network.Architecture;
import org.espalier.network.InitialWeights;
import org.espalier.network.Mask;
import org.espalier.random.Stream;

/**
 * Finds each layer shape's {@link Crossover} on the machine at hand: times small networks of that one layer with dense
 * and with sparse kernels, in turn, so that what disturbs the machine disturbs both. Once per shape and process, when a
 * layer that could go either way is first loaded.
 *
 * <p>Both kernels give the same bits, so a wrong crossover costs time and nothing else; near the right one it costs
 * little, and where measuring fails the default stands.
 */
public final class Calibration implements DenseOrSparsePolicy {
    /** For this process. */
    public static final Calibration PROCESS = new Calibration(KernelChoice.chosen(), KernelClock::nanoTime);

    private static final System.Logger LOG = System.getLogger(Calibration.class.getName());

    /** Densities outside of these are not worth a measurement: which kernel wins is known. */
    private static final double[] DENSITIES = {0.4, 0.55, 0.7, 0.9};

    /** Layers of fewer weights take next to no time either way. */
    private static final int SMALLEST = 1 << 13;
    /** Larger layers are measured by one that has this many weights at most and the same proportions. */
    private static final int LARGEST = 1 << 18;

    /** Rounds that are measured, after the kernels are compiled. */
    private static final int ROUNDS = 16;
    /** Kernels count as compiled when this many rounds in a row are no faster than the best before them. */
    private static final int STEADY = 5;

    private static final double FASTER = 0.95;
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

    /**
     * Compiling takes a second or two, once in a process, and is no loss: training needs it too. On a busy machine it
     * takes longer than this; then the default stands for a while, and a later level finds the kernels compiled.
     */
    private static final long PATIENCE_NANOS = 2_500_000_000L;

    private static final long PAUSE_NANOS = 60_000_000_000L;

    /** Attempts at one shape before the default stands for good. */
    private static final int ATTEMPTS = 4;

    /** A PGD-10 step has twelve passes forward and ten back to the inputs to two weight gradients and one update. */
    private static final int PASSES = 5;

    private final Kernels kernels;
    private final LongSupplier nanoTime;
    private final Map<List<Integer>, Crossover> found = new ConcurrentHashMap<>();
    private final Map<List<Integer>, Integer> failures = new HashMap<>(); // guarded by this
    private boolean pausing; // guarded by this
    private long pausedAt; // guarded by this

    Calibration(Kernels kernels, LongSupplier nanoTime) {
        this.kernels = kernels;
        this.nanoTime = nanoTime;
    }

    @Override
    public boolean dense(int inputs, int outputs, int live) {
        double density = (double) live / ((long) inputs * outputs);
        boolean open = density > DENSITIES[0] && density < 1;
        if (!open || inputs * outputs < SMALLEST || kernels.bits() == 0) {
            return Crossover.DEFAULT.dense(density);
        }
        return crossover(inputs, outputs).dense(density);
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
        Crossover crossover = found.getOrDefault(representative(inputs, outputs), Crossover.DEFAULT);
        return Math.min(1, density / crossover.density()) / (cost * ACTIVE_COST_SPARSE);
    }

    /** What has been found, in words, by shape. */
    public List<String> describe() {
        return found.entrySet().stream()
                .map(entry -> entry.getKey().get(0) + " x " + entry.getKey().get(1) + ": " + entry.getValue())
                .sorted()
                .toList();
    }

    /** The crossover of a shape, measured if it is not known yet. */
    private Crossover crossover(int inputs, int outputs) {
        List<Integer> shape = representative(inputs, outputs);
        Crossover known = found.get(shape);
        return known != null ? known : measured(shape);
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

    /** One at a time: two measurements would disturb each other. */
    private synchronized Crossover measured(List<Integer> shape) {
        Crossover known = found.get(shape);
        if (known != null) {
            return known;
        }
        if (pausing && nanoTime.getAsLong() - pausedAt < PAUSE_NANOS) {
            return Crossover.DEFAULT;
        }
        Crossover crossover = measure(shape);
        pausing = !crossover.measured();
        pausedAt = nanoTime.getAsLong();
        if (crossover.measured() || failures.merge(shape, 1, Integer::sum) == ATTEMPTS) {
            found.put(shape, crossover);
        }
        return crossover;
    }

    private Crossover measure(List<Integer> shape) {
        long start = nanoTime.getAsLong();
        Crossover crossover = Crossover.DEFAULT;
        if (compiled(probes(WARM_UP), start)) {
            Probe[] probes = probes(shape);
            if (compiled(probes, start)) {
                crossover = compare(probes);
            }
        }
        LOG.log(
                System.Logger.Level.DEBUG,
                "layers of {0} x {1}: {2}, found in {3} ms",
                shape.get(0).toString(),
                shape.get(1).toString(),
                crossover,
                Long.toString((nanoTime.getAsLong() - start) / 1_000_000));
        return crossover;
    }

    /** One for each density with sparse kernels, then one with dense ones. */
    private Probe[] probes(List<Integer> shape) {
        Architecture architecture = new Architecture(shape, false);
        Probe[] probes = new Probe[DENSITIES.length + 1];
        for (int i = 0; i < DENSITIES.length; i++) {
            probes[i] = new Probe(architecture, DENSITIES[i], DenseOrSparsePolicy.SPARSE);
        }
        probes[DENSITIES.length] = new Probe(architecture, 0.7, DenseOrSparsePolicy.DENSE);
        return probes;
    }

    /** Runs the probes until they get no faster; false if that takes too long. */
    private boolean compiled(Probe[] probes, long start) {
        long[] best = new long[probes.length];
        Arrays.fill(best, Long.MAX_VALUE);
        int steady = 0;
        while (steady < STEADY) {
            boolean faster = false;
            for (int i = 0; i < probes.length; i++) {
                long time = time(probes[i]);
                faster |= time < FASTER * best[i];
                best[i] = Math.min(best[i], time);
            }
            steady = faster ? 0 : steady + 1;
            if (nanoTime.getAsLong() - start > PATIENCE_NANOS) {
                return false;
            }
        }
        return true;
    }

    /** The least time of each probe, over even rounds and over odd ones. */
    private Crossover compare(Probe[] probes) {
        double[][] sparse = new double[2][DENSITIES.length];
        double[] dense = {Double.MAX_VALUE, Double.MAX_VALUE};
        Arrays.fill(sparse[0], Double.MAX_VALUE);
        Arrays.fill(sparse[1], Double.MAX_VALUE);
        for (int round = 0; round < ROUNDS; round++) {
            int half = round % 2;
            for (int i = 0; i < DENSITIES.length; i++) {
                sparse[half][i] = Math.min(sparse[half][i], IN_PLACE * time(probes[i]));
            }
            dense[half] = Math.min(dense[half], time(probes[DENSITIES.length]));
        }
        return Crossover.of(DENSITIES, sparse, dense);
    }

    private long time(Probe probe) {
        long from = nanoTime.getAsLong();
        probe.run();
        return nanoTime.getAsLong() - from;
    }

    /** A network of one layer that does half a PGD-10 step's work, over and over. */
    private final class Probe {
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

        void run() {
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
