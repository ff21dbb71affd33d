package org.espalier.engine.graph;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.espalier.engine.BoundBuffers;
import org.espalier.engine.Gradients;
import org.espalier.engine.KernelMode;
import org.espalier.engine.Mode;
import org.espalier.engine.layer.DenseOrSparsePolicy;
import org.espalier.engine.scalar.ScalarKernels;
import org.espalier.network.Architecture;
import org.espalier.network.GraphBuilder;
import org.espalier.network.Mask;
import org.espalier.network.Operation;
import org.espalier.network.Shape;
import org.espalier.random.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A step on bounds makes no garbage of its own. It runs on scalar kernels, which make none even before they are compiled, so
 * that one step shows it.
 */
class GraphBoundAllocationTest {
    @ParameterizedTest
    @CsvSource({"DENSE, false", "SPARSE, false", "DENSE, true", "SPARSE, true"})
    void aStepAllocatesNothing(KernelMode mode, boolean linear) {
        GraphBuilder builder = new GraphBuilder(Shape.of(2, 6, 6))
                .add("normalise", new Operation.Normalise(List.of(0.5f, 0.4f), List.of(0.2f, 0.3f)))
                .conv("conv1", 4, 3, 2, 1, true)
                .relu("relu1")
                .maxPool("pool0", 2);
        if (!linear) {
            builder.sum("twice", "pool0").norm("norm").relu("relu2").add("pool2", new Operation.AveragePool(2, 1, 1));
        }
        Architecture network = new Architecture(
                builder.linear("fc1", 9).relu("relu3").linear("fc2", 4).build());
        DenseOrSparsePolicy policy = mode == KernelMode.SPARSE ? DenseOrSparsePolicy.SPARSE : DenseOrSparsePolicy.DENSE;
        GraphEngine engine = new GraphEngine(network, new ScalarKernels(), mode, policy);
        Stream stream = Stream.root(3);
        Mask mask = GraphCases.mask(network, 0.5, stream.child("mask"));
        engine.load(GraphCases.weights(network, mask, stream.child("weights")), mask);
        BoundBuffers buffers = engine.newBoundBuffers(70, linear);
        GraphCases.fill(buffers.natural().input(), 70, 0f, 1f, stream.child("inputs"));
        GraphCases.fill(buffers.natural().logitGradient(), 70, -1f, 1f, stream.child("logits"));
        GraphCases.fill(buffers.marginBoundGradients(), 70, -1f, 1f, stream.child("margins"));
        buffers.natural().batch(0, 2, 70);
        int[] labels = new int[70];
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long kernels = 0;
        long margins = Long.MAX_VALUE;
        long back = Long.MAX_VALUE;
        for (int step = 0; step < 20 && (margins > 0 || 2 * back > 3 * kernels); step++) {
            engine.forward(buffers.natural(), 0, 2, Mode.TRAINING);
            long start = threads.getCurrentThreadAllocatedBytes();
            engine.backward(buffers.natural(), 0, 2, Gradients.WEIGHTS);
            long before = threads.getCurrentThreadAllocatedBytes();
            kernels = before - start;
            engine.boundMargins(buffers, 0.1f, linear ? 0.5f : 0, labels, 0, 70);
            long between = threads.getCurrentThreadAllocatedBytes();
            engine.backward(buffers, true);
            margins = between - before;
            back = threads.getCurrentThreadAllocatedBytes() - between;
        }
        assertThat(margins).as("bytes of bounds").isZero();
        // The scalar kernels make a small array for each convolution's weights and biases, and now for its radii, too.
        assertThat(2 * back).as("twice the bytes of gradients").isLessThanOrEqualTo(3 * kernels);
    }
}
