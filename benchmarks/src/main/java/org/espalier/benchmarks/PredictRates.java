package org.espalier.benchmarks;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.espalier.data.DataProgress;
import org.espalier.data.Split;
import org.espalier.data.catalogue.DataSets;
import org.espalier.lab.classify.Classifier;
import org.espalier.lab.exchange.NetworkExport;
import org.espalier.lab.store.StoredNetwork;
import org.espalier.network.Architecture;
import org.espalier.network.InitialWeights;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Stream;

/**
 * Rates of {@link Classifier} beside ONNX Runtime on the dense export of the same network, 784-300-100-10 with a random mask: digits, one
 * thread, in turn, in the thread's processor time. ONNX Runtime reads one tensor again and again, which spares it the copy. The size of
 * the compact file follows.
 */
public final class PredictRates {
    private static final int ROUNDS = 9;
    private static final long ROUND = 200_000_000; // nanoseconds
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private PredictRates() {}

    /** One call of either side. */
    @FunctionalInterface
    private interface Call {
        float run() throws OrtException;
    }

    /**
     * Prints a table.
     *
     * @param arguments densities in percent, then numbers of inputs in a call, both parted by commas
     */
    public static void main(String[] arguments) throws OrtException {
        Split digits =
                DataSets.load("digits", Optional.empty(), DataProgress.NONE).test();
        System.out.println("| density, % | inputs | Classifier, us | ONNX Runtime, us | ratio of medians |");
        System.out.println("|---|---|---|---|---|");
        StringBuilder sizes = new StringBuilder();
        for (String percent : arguments[0].split(",", -1)) {
            StoredNetwork network = network(Double.parseDouble(percent) / 100);
            for (String inputs : arguments[1].split(",", -1)) {
                System.out.println(row(network, percent, Integer.parseInt(inputs), digits));
            }
            int compact = NetworkExport.encode(network, NetworkExport.Format.COMPACT, false, Map.of()).length;
            long kept = network.mask().count();
            sizes.append(String.format(
                    Locale.ROOT,
                    "%s %%: %,d surviving weights, compact file %,d bytes, %.2f of the weights plus two bytes each%n",
                    percent,
                    kept,
                    compact,
                    compact / (6.0 * kept)));
        }
        System.out.println();
        System.out.print(sizes);
    }

    private static StoredNetwork network(double density) {
        Architecture architecture = new Architecture(List.of(784, 300, 100, 10), true);
        Stream stream = Stream.root(1);
        BitSet[] kept = new BitSet[architecture.layers()];
        for (int layer = 0; layer < kept.length; layer++) {
            int weights = architecture.weights(layer);
            int[] order = stream.child("layer " + layer).permutation(weights);
            kept[layer] = new BitSet();
            for (int i = 0; i < Math.round(density * weights); i++) {
                kept[layer].set(order[i]);
            }
        }
        Weights weights = InitialWeights.GLOROT_UNIFORM.draw(architecture, stream.child("weights"));
        Mask mask = Mask.of(architecture, kept);
        weights.apply(mask);
        return new StoredNetwork(weights, mask);
    }

    private static String row(StoredNetwork network, String percent, int inputs, Split digits) throws OrtException {
        float[] images = new float[inputs * digits.features()];
        for (int image = 0; image < inputs; image++) {
            double[] pixels = digits.pixels(image);
            for (int i = 0; i < pixels.length; i++) {
                images[image * pixels.length + i] = (float) pixels[i];
            }
        }
        Classifier classifier = Classifier.of(network);
        float[] logits = new float[inputs * classifier.classes()];
        FloatBuffer buffer = ByteBuffer.allocateDirect(images.length * Float.BYTES)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
        buffer.put(images).flip();
        byte[] onnx = NetworkExport.encode(network, NetworkExport.Format.ONNX, false, Map.of());
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            try (OrtSession session = environment.createSession(onnx, options);
                    OnnxTensor tensor =
                            OnnxTensor.createTensor(environment, buffer, new long[] {inputs, digits.features()})) {
                Map<String, OnnxTensor> feed = Map.of("input", tensor);
                float[] other = new float[logits.length];
                Call here = () -> {
                    classifier.logits(images, inputs, logits);
                    return logits[0];
                };
                Call there = () -> {
                    try (OrtSession.Result result = session.run(feed)) {
                        ((OnnxTensor) result.get(0)).getFloatBuffer().get(other);
                    }
                    return other[0];
                };
                double[] ours = new double[ROUNDS];
                double[] theirs = new double[ROUNDS];
                for (int warm = 0; warm < 3; warm++) {
                    time(here);
                    time(there);
                }
                for (int round = 0; round < ROUNDS; round++) {
                    ours[round] = time(here);
                    theirs[round] = time(there);
                }
                for (int i = 0; i < logits.length; i++) {
                    if (Math.abs(logits[i] - other[i]) > 1e-5) {
                        throw new IllegalStateException("logit " + i + " is " + logits[i] + " and " + other[i]);
                    }
                }
                Arrays.sort(ours);
                Arrays.sort(theirs);
                return String.format(
                        Locale.ROOT,
                        "| %s | %d | %.2f (%.2f to %.2f) | %.2f (%.2f to %.2f) | %.1f |",
                        percent,
                        inputs,
                        ours[ROUNDS / 2],
                        ours[0],
                        ours[ROUNDS - 1],
                        theirs[ROUNDS / 2],
                        theirs[0],
                        theirs[ROUNDS - 1],
                        theirs[ROUNDS / 2] / ours[ROUNDS / 2]);
            }
        }
    }

    /** Microseconds of processor time for a call. */
    private static double time(Call call) throws OrtException {
        long start = THREADS.getCurrentThreadCpuTime();
        long spent = 0;
        long calls = 0;
        while (spent < ROUND) {
            for (int i = 0; i < 50; i++) {
                call.run();
            }
            calls += 50;
            spent = THREADS.getCurrentThreadCpuTime() - start;
        }
        return spent / 1000.0 / calls;
    }
}
