package org.espalier.lab.classify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.espalier.lab.store.StoredNetwork;
import org.espalier.network.Architecture;
import org.espalier.network.InitialWeights;
import org.espalier.network.Mask;
import org.espalier.network.NamedNetworks;
import org.espalier.network.Shape;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ClassifierTest {
    private static final int EXAMPLES = 70; // more than a panel

    static java.util.stream.Stream<Architecture> networks() {
        return java.util.stream.Stream.of(
                new Architecture(List.of(50, 30, 20, 5), false),
                new Architecture(List.of(50, 30, 5), true),
                new Architecture(NamedNetworks.graph("cnn-small", Shape.of(1, 8, 8), 4)));
    }

    private static StoredNetwork network(Architecture architecture) {
        Random random = new Random(1);
        BitSet[] kept = new BitSet[architecture.layers()];
        for (int layer = 0; layer < kept.length; layer++) {
            kept[layer] = new BitSet();
            for (int i = 0; i < architecture.weights(layer); i++) {
                kept[layer].set(i, random.nextDouble() < 0.3);
            }
        }
        Mask mask = Mask.of(architecture, kept);
        Weights weights = InitialWeights.GLOROT_UNIFORM.draw(architecture, Stream.root(7));
        for (int layer = 0; layer < architecture.layers(); layer++) {
            for (int o = 0; o < weights.biases(layer).length; o++) {
                weights.biases(layer)[o] = random.nextFloat() - 0.5f;
            }
        }
        weights.apply(mask);
        return new StoredNetwork(weights, mask);
    }

    private static float[] inputs(Architecture architecture) {
        Random random = new Random(2);
        float[] inputs = new float[EXAMPLES * architecture.inputs()];
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = random.nextInt(3) == 0 ? 0 : random.nextFloat();
        }
        return inputs;
    }

    @ParameterizedTest
    @MethodSource("networks")
    void oneByOneAndTogetherGiveTheSameBits(Architecture architecture) {
        Classifier classifier = Classifier.of(network(architecture));
        float[] inputs = inputs(architecture);
        int classes = architecture.classes();
        float[] together = new float[EXAMPLES * classes];
        classifier.logits(inputs, EXAMPLES, together);
        for (int e = 0; e < EXAMPLES; e++) {
            float[] one =
                    java.util.Arrays.copyOfRange(inputs, e * architecture.inputs(), (e + 1) * architecture.inputs());
            float[] logits = new float[classes];
            classifier.logits(one, 1, logits);
            assertThat(logits).isEqualTo(java.util.Arrays.copyOfRange(together, e * classes, (e + 1) * classes));
            assertThat(classifier.predict(one)).isEqualTo(Classifier.largest(logits, 0, classes));
            float[] probabilities = new float[classes];
            classifier.probabilities(one, 1, probabilities);
            double sum = 0;
            for (float probability : probabilities) {
                sum += probability;
            }
            assertThat(sum).isCloseTo(1, within(1e-6));
            assertThat(Classifier.largest(probabilities, 0, classes)).isEqualTo(classifier.predict(one));
        }
    }

    @ParameterizedTest
    @MethodSource("networks")
    void threadsDoNotDisturbEachOther(Architecture architecture) throws Exception {
        Classifier classifier = Classifier.of(network(architecture));
        float[] inputs = inputs(architecture);
        float[] expected = new float[EXAMPLES * architecture.classes()];
        classifier.probabilities(inputs, EXAMPLES, expected);
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<Boolean>> same = threads.invokeAll(IntStream.range(0, 40)
                    .<Callable<Boolean>>mapToObj(i -> () -> {
                        int count = i % 2 == 0 ? EXAMPLES : 2;
                        float[] found = new float[count * architecture.classes()];
                        classifier.probabilities(inputs, count, found);
                        return java.util.Arrays.equals(
                                found, java.util.Arrays.copyOf(expected, count * architecture.classes()));
                    })
                    .toList());
            for (Future<Boolean> each : same) {
                assertThat(each.get()).isTrue();
            }
        }
    }

    /** Those that are computed input by input. What the engine allocates is measured beside it: before C2 has compiled it, vectors are objects. */
    static java.util.stream.Stream<Architecture> fullyConnected() {
        return networks().filter(architecture -> architecture.fullyConnected().isPresent());
    }

    @ParameterizedTest
    @MethodSource("fullyConnected")
    void aCallForOneInputAllocatesNothingAfterTheFirst(Architecture architecture) {
        Classifier classifier = Classifier.of(network(architecture));
        float[] inputs = inputs(architecture);
        float[] found = new float[EXAMPLES * architecture.classes()];
        for (int i = 0; i < 300; i++) {
            classifier.probabilities(inputs, 1, found);
            classifier.predict(inputs);
        }
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 5; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 100; i++) {
                classifier.probabilities(inputs, 1, found);
                classifier.predict(inputs);
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(least).isLessThan(300); // less than one object for each call
    }

    @ParameterizedTest
    @MethodSource("networks")
    void arraysThatAreTooShortAreRefused(Architecture architecture) {
        Classifier classifier = Classifier.of(network(architecture));
        float[] inputs = inputs(architecture);
        assertThatThrownBy(() -> classifier.logits(inputs, EXAMPLES + 1, new float[10_000]))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> classifier.logits(inputs, 2, new float[3]))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> classifier.logits(inputs, 0, new float[3]))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
