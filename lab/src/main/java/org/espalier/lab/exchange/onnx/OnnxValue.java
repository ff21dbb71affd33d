package org.espalier.lab.exchange.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.espalier.network.Graph;

/** What a name of an ONNX graph stands for while the graph is read. */
sealed interface OnnxValue {

    /** One of several numbers; a number that is alone stands for all. */
    static double at(double[] numbers, int index) {
        return numbers[numbers.length == 1 ? 0 : index];
    }

    /**
     * Numbers that are known. The first length of a value's Shape, the batch, is 0.
     *
     * @param dims its shape; empty for one number
     * @param numbers in row-major order
     * @param real whether they are floating-point numbers, and not whole ones
     */
    record Constant(List<Long> dims, double[] numbers, boolean real) implements OnnxValue {

        static Constant of(OnnxModel.Tensor tensor) {
            if (!tensor.real()) {
                return new Constant(
                        tensor.dims(),
                        Arrays.stream(tensor.longs()).asDoubleStream().toArray(),
                        false);
            }
            float[] floats = tensor.floats();
            double[] numbers = new double[floats.length];
            for (int i = 0; i < floats.length; i++) {
                numbers[i] = floats[i];
            }
            return new Constant(tensor.dims(), numbers, true);
        }

        float[] floats() {
            float[] floats = new float[numbers.length];
            for (int i = 0; i < floats.length; i++) {
                floats[i] = (float) numbers[i];
            }
            return floats;
        }

        /** The numbers without their fractions. */
        List<Long> wholes() {
            return Arrays.stream(numbers).mapToObj(number -> (long) number).toList();
        }
    }

    /**
     * Activations of a node, and what has to be done to them before another node reads them.
     *
     * @param node the node, or {@link Graph#INPUT}
     * @param dims as ONNX has them, without the batch
     * @param pad zeros around each image
     * @param stride of rows and columns
     * @param affine normalisation, if any
     * @param bias whether the node is a linear layer that a bias may still follow
     * @param last whether it is after a softmax, which has to be the end
     */
    record Flow(
            String node, List<Integer> dims, int pad, int stride, Optional<Affine> affine, boolean bias, boolean last)
            implements OnnxValue {

        /** Activations as the node gives them. */
        Flow(String node, List<Integer> dims) {
            this(node, dims, 0, 1, Optional.empty(), false, false);
        }

        /** Whether nothing has to be done. */
        boolean plain() {
            return pad == 0 && stride == 1 && affine.isEmpty();
        }

        /** Whether they are images: channels, rows and columns. */
        boolean images() {
            return dims.size() == 3;
        }

        /** Whether they are those of the network's input. */
        boolean input() {
            return node.equals(Graph.INPUT);
        }

        int elements() {
            return dims.stream().reduce(1, Math::multiplyExact);
        }

        /** Whether at most one dimension is longer than 1. */
        boolean vector() {
            return dims.stream().filter(length -> length > 1).count() <= 1;
        }

        /** Rows or columns that the stride leaves, without padding. */
        int strided(int dimension) {
            return (dims.get(dimension) + stride - 1) / stride;
        }

        /** Dimensions after strides and padding. */
        List<Integer> settledDims() {
            if (!images()) {
                return dims;
            }
            List<Integer> settled = new ArrayList<>(List.of(dims.getFirst()));
            for (int d = 1; d < 3; d++) {
                settled.add(strided(d) + 2 * pad);
            }
            return settled;
        }

        /** The same without padding: the node that reads it pads. */
        Flow unpadded() {
            return new Flow(node, dims, 0, stride, affine, false, false);
        }
    }

    /** {@code (x - mean) / deviation} of each channel; one number stands for all channels. */
    record Affine(double[] means, double[] deviations) {}
}
