package org.espalier.lab.exchange.onnx;

import java.util.List;
import java.util.Optional;
import org.espalier.lab.exchange.onnx.OnnxValue.Affine;
import org.espalier.lab.exchange.onnx.OnnxValue.Constant;
import org.espalier.lab.exchange.onnx.OnnxValue.Flow;
import org.espalier.network.Operation;

/** Operators that are layers of the network, or that become settings of one: convolutions, products, sums, norms and pools. */
final class LayerOperators {
    private final NodeReader reader;
    private final NetworkBuilder network;
    private final ConstantOperators constants;

    LayerOperators(NodeReader reader, NetworkBuilder network, ConstantOperators constants) {
        this.reader = reader;
        this.network = network;
        this.constants = constants;
    }

    Flow relu() {
        Flow from = reader.flow(0);
        return network.node("relu", new Operation.Relu(), from, from.settledDims());
    }

    Flow conv() {
        Flow from = reader.flow(0);
        Constant kernel = reader.constant(1);
        List<Long> dims = kernel.dims();
        if (dims.size() != 4 || dims.get(2).longValue() != dims.get(3) || reader.whole("group", 1) != 1) {
            throw reader.wrong("has a kernel of shape " + dims + " and group " + reader.whole("group", 1)
                    + ", expected a square kernel and group 1");
        }
        if (reader.square("dilations", List.of(1L)) != 1) {
            throw reader.wrong("has dilations " + reader.wholes("dilations", List.of()) + ", expected 1");
        }
        int window = Math.toIntExact(dims.get(2));
        int padding = padding(window) + from.pad();
        int stride = reader.square("strides", List.of(1L));
        Operation.Conv2d conv = new Operation.Conv2d(
                Math.toIntExact(dims.get(1)), Math.toIntExact(dims.get(0)), window, stride, padding, reader.has(2));
        String name = network.weightName("conv", 1);
        if (padding > 0 && from.affine().isPresent() && from.pad() > 0) {
            throw reader.wrong("reads images that are padded before they are normalised");
        }
        Flow given = network.onImages(name, conv, from.unpadded());
        network.parameter(name + ".weight", kernel.floats());
        if (reader.has(2)) {
            network.parameter(name + ".bias", reader.floats(2, conv.outputs()));
        }
        return given;
    }

    private int padding(int window) {
        String automatic = reader.text("auto_pad", "NOTSET");
        if (automatic.equals("VALID")) {
            return 0;
        } else if (automatic.startsWith("SAME")) {
            if (window % 2 == 0 || reader.square("strides", List.of(1L)) != 1) {
                throw reader.wrong("has auto_pad " + automatic + " for a window of " + window
                        + " that pads its sides differently, expected the same on all sides");
            }
            return window / 2;
        }
        return reader.square("pads", List.of(0L));
    }

    Flow gemm() {
        if (reader.whole("transA", 0) != 0) {
            throw reader.wrong("has transA 1, expected 0");
        }
        Flow given = linear(reader.whole("transB", 0) == 1, reader.real("alpha", 1));
        if (reader.has(2)) {
            float beta = reader.real("beta", 1);
            float[] bias = reader.floats(2, given.dims().getFirst());
            for (int i = 0; i < bias.length; i++) {
                bias[i] *= beta;
            }
            return network.biased(given, bias);
        }
        return given;
    }

    Flow product() {
        Flow given = linear(false, 1);
        return new Flow(given.node(), given.dims(), 0, 1, Optional.empty(), true, false);
    }

    /**
     * A linear layer.
     *
     * @param transposed whether the matrix is (outputs, inputs), as Espalier has it
     */
    private Flow linear(boolean transposed, float scale) {
        Flow from = reader.flow(0);
        Constant matrix = reader.constant(1);
        if (matrix.dims().size() != 2 || from.dims().size() != 1) {
            throw reader.wrong("multiplies values of shape " + from.dims() + " by a constant of shape " + matrix.dims()
                    + ", expected flat values and a matrix");
        }
        int outputs = Math.toIntExact(matrix.dims().get(transposed ? 0 : 1));
        int inputs = Math.toIntExact(matrix.dims().get(transposed ? 1 : 0));
        Operation.Linear linear = new Operation.Linear(inputs, outputs, false);
        String name = network.weightName("fc", 1);
        float[] weights = new float[Math.multiplyExact(inputs, outputs)];
        for (int o = 0; o < outputs; o++) {
            for (int i = 0; i < inputs; i++) {
                double weight = matrix.numbers()[transposed ? o * inputs + i : i * outputs + o];
                weights[o * inputs + i] = (float) weight * scale;
            }
        }
        if (inputs != from.dims().getFirst()) {
            throw reader.wrong("has a matrix of " + inputs + " inputs, expected "
                    + from.dims().getFirst());
        }
        network.parameter(name + ".weight", weights);
        return network.add(name, linear, List.of(network.settled(from)), List.of(outputs));
    }

    OnnxValue arithmetic() {
        OnnxValue first = reader.input(0);
        OnnxValue second = reader.input(1);
        if (first instanceof Constant a && second instanceof Constant b) {
            return constants.computed(a, b);
        }
        if (first instanceof Flow && second instanceof Flow) {
            return sum();
        }
        boolean swapped = first instanceof Constant;
        Flow flow = reader.flow(swapped ? 1 : 0);
        if (reader.operator().equals("Add") && flow.bias() && reader.onlyReader(swapped ? 1 : 0)) {
            return network.biased(
                    flow, reader.floats(swapped ? 0 : 1, flow.dims().getFirst()));
        } else if (swapped
                && (reader.operator().equals("Sub") || reader.operator().equals("Div"))) {
            throw reader.wrong("has a constant as its first input, expected the network's values first");
        }
        return scaled(flow, channels(reader.constant(swapped ? 0 : 1), flow));
    }

    private Flow sum() {
        if (!reader.operator().equals("Add")) {
            throw reader.wrong("combines two values of the network, expected Add");
        }
        Flow a = reader.flow(0);
        Flow b = reader.flow(1);
        if (!a.settledDims().equals(b.settledDims())) {
            throw reader.wrong(
                    "adds values of shapes " + a.settledDims() + " and " + b.settledDims() + ", expected the same");
        }
        return network.add(
                network.plainName("add"),
                new Operation.Add(),
                List.of(network.settled(a), network.settled(b)),
                a.settledDims());
    }

    /** The numbers of a constant by channel, whose other dimensions have to have length 1. */
    private double[] channels(Constant constant, Flow flow) {
        int channel = flow.dims().size(); // dimensions behind the channel and it
        for (int d = 0; d < constant.dims().size(); d++) {
            boolean isChannel = flow.images() && constant.dims().size() - d == channel;
            if (constant.dims().get(d) != 1 && !isChannel) {
                throw reader.wrong(
                        "has a constant of shape " + constant.dims() + ", expected one number or one for each channel");
            }
        }
        return constant.numbers();
    }

    /** Shifts or scales channels by numbers, when the values are read. */
    private Flow scaled(Flow flow, double[] numbers) {
        Affine before = flow.affine().orElse(new Affine(new double[] {0}, new double[] {1}));
        int count = Math.max(numbers.length, Math.max(before.means().length, before.deviations().length));
        double[] means = new double[count];
        double[] deviations = new double[count];
        for (int i = 0; i < count; i++) {
            double number = OnnxValue.at(numbers, i);
            double mean = OnnxValue.at(before.means(), i);
            double deviation = OnnxValue.at(before.deviations(), i);
            switch (reader.operator()) {
                case "Sub" -> mean += number * deviation;
                case "Add" -> mean -= number * deviation;
                case "Div" -> deviation *= number;
                default -> deviation /= number;
            }
            if (!(deviation > 0) || Double.isInfinite(deviation)) {
                throw reader.wrong("scales by " + number + ", expected a number above 0");
            }
            means[i] = mean;
            deviations[i] = deviation;
        }
        if (flow.pad() > 0) {
            throw reader.wrong("shifts or scales padded images");
        }
        return new Flow(
                flow.node(), flow.dims(), 0, flow.stride(), Optional.of(new Affine(means, deviations)), false, false);
    }

    Flow norm() {
        Flow from = reader.flow(0);
        int channels = from.dims().getFirst();
        if (reader.whole("training_mode", 0) != 0 || from.dims().size() == 2) {
            throw reader.wrong(
                    "is in training mode or reads values of shape " + from.dims() + ", expected images or flat values");
        }
        float[] scale = reader.floats(1, channels);
        // Espalier's own files say so that a norm neither scales nor shifts.
        String scales = reader.at().inputs().get(1);
        boolean affine = !scales.endsWith(OnnxExport.ONES);
        String name = affine
                ? network.weightName("norm", 1)
                : network.name(scales.substring(0, scales.length() - OnnxExport.ONES.length()));
        float[] variance = reader.floats(4, channels);
        float epsilon = reader.real("epsilon", 1e-5f);
        if (epsilon != (float) Operation.BatchNorm.EPSILON) {
            for (int i = 0; i < channels; i++) {
                variance[i] = (float) (variance[i] + (double) epsilon - Operation.BatchNorm.EPSILON);
            }
        }
        if (affine) {
            network.parameter(name + ".weight", scale);
            network.parameter(name + ".bias", reader.floats(2, channels));
        }
        network.parameter(name + ".running_mean", reader.floats(3, channels));
        network.parameter(name + ".running_var", variance);
        return network.add(
                name, new Operation.BatchNorm(channels, affine), List.of(network.settled(from)), from.settledDims());
    }

    Flow pool() {
        Flow from = reader.flow(0);
        int window = reader.square("kernel_shape", List.of());
        int stride = reader.square("strides", List.of(1L));
        int padding = padding(window);
        boolean most = reader.operator().equals("MaxPool");
        if (reader.whole("ceil_mode", 0) != 0 || reader.square("dilations", List.of(1L)) != 1) {
            throw reader.wrong("has ceil_mode or dilations, expected neither");
        }
        if (most && from.pad() > 0 || !most && padding > 0 && reader.whole("count_include_pad", 0) == 0) {
            throw reader.wrong(
                    "counts padding in a way that Espalier's pools do not: zeros in a mean, nothing in a maximum");
        }
        padding += from.pad();
        Operation pool = most
                ? new Operation.MaxPool(window, stride, padding)
                : new Operation.AveragePool(window, stride, padding);
        return network.onImages(network.plainName("pool"), pool, from.unpadded());
    }

    /** The mean of each channel's image, as an image of one pixel. */
    Flow mean() {
        Flow from = reader.flow(0);
        if (!from.images()) {
            throw reader.wrong("reads values of shape " + from.dims() + ", expected channels x rows x columns");
        }
        int channels = from.dims().getFirst();
        Flow given = network.node("mean", new Operation.GlobalAveragePool(), from, List.of(channels));
        return new Flow(given.node(), List.of(channels, 1, 1));
    }

    Flow reduced() {
        List<Long> axes = reader.wholes(1, "axes");
        List<Long> sorted =
                axes.stream().map(axis -> axis < 0 ? axis + 4 : axis).sorted().toList();
        if (!sorted.equals(List.of(2L, 3L))) {
            throw reader.wrong("reduces dimensions " + axes + ", expected rows and columns");
        }
        Flow given = mean();
        return reader.whole("keepdims", 1) == 1
                ? given
                : new Flow(given.node(), List.of(given.dims().getFirst()));
    }

    Flow softmax() {
        Flow from = reader.flow(0);
        network.note("the last " + reader.operator() + " is left out: Espalier works on logits");
        return new Flow(from.node(), from.dims(), from.pad(), from.stride(), from.affine(), false, true);
    }
}
