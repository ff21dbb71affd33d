package org.espalier.lab.exchange.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.espalier.lab.exchange.onnx.OnnxValue.Constant;
import org.espalier.lab.exchange.onnx.OnnxValue.Flow;
import org.espalier.network.Graph;
import org.espalier.network.Operation;
import org.espalier.network.Shape;

/** Operators that change the shape of values: most become settings of the layer that reads them, or nothing. */
final class ShapeOperators {
    private final NodeReader reader;
    private final NetworkBuilder network;
    private final ConstantOperators constants;

    ShapeOperators(NodeReader reader, NetworkBuilder network, ConstantOperators constants) {
        this.reader = reader;
        this.network = network;
        this.constants = constants;
    }

    OnnxValue flattened() {
        if (reader.input(0) instanceof Constant constant) {
            return constant;
        } else if (reader.whole("axis", 1) != 1) {
            throw reader.wrong("has axis " + reader.whole("axis", 1) + ", expected 1");
        }
        return flat(reader.flow(0));
    }

    private Flow flat(Flow from) {
        int elements = from.settledDims().stream().reduce(1, Math::multiplyExact);
        if (from.vector() && network.flat(from)) {
            return new Flow(
                    from.node(), List.of(elements), from.pad(), from.stride(), from.affine(), from.bias(), false);
        }
        return network.node("flatten", new Operation.Flatten(), from, List.of(elements));
    }

    OnnxValue reshaped() {
        if (reader.input(0) instanceof Constant constant) {
            return constants.reshaped(constant);
        }
        Flow from = reader.flow(0);
        double[] wanted = reader.constant(1).numbers();
        int elements = from.elements();
        if (wanted.length == 2) {
            // (batch, values), where the batch is 0, -1 or the number that the model was exported with.
            if (wanted[1] != -1
                    && wanted[1] != elements
                    && !(wanted[1] == 0 && from.dims().size() == 1)) {
                throw reader.wrong("reshapes " + from.dims() + " to " + Arrays.toString(wanted) + ", expected "
                        + elements + " values of each example");
            }
            return flat(from);
        }
        if (wanted.length == 4 && first(from)) {
            return inputAs(wanted, elements);
        } else if (wanted.length == 4
                && from.images()
                && wanted[1] == from.dims().get(0)
                && wanted[2] == from.dims().get(1)
                && wanted[3] == from.dims().get(2)) {
            return from;
        }
        throw reader.wrong("reshapes " + from.dims() + " to " + Arrays.toString(wanted)
                + ", expected flat values, or images from the network's input");
    }

    /** Whether these values are the network's input, which nothing has read so far. */
    private boolean first(Flow from) {
        return from.input() && from.plain() && network.empty();
    }

    /** The input was given flat and is an image. */
    private Flow inputAs(double[] wanted, int elements) {
        List<Integer> dims = new ArrayList<>();
        long known = 1;
        for (int d = 1; d < 4; d++) {
            known *= wanted[d] > 0 ? (long) Math.min(wanted[d], OnnxImport.MOST_VALUES) : 1;
        }
        for (int d = 1; d < 4; d++) {
            dims.add((int)
                    (wanted[d] > 0 ? Math.min(wanted[d], OnnxImport.MOST_VALUES) : elements / Math.max(known, 1)));
        }
        Shape shape = new Shape(dims);
        if (shape.elements() != elements) {
            throw reader.wrong("reshapes " + elements + " values to " + Arrays.toString(wanted));
        }
        network.input(shape);
        // The flat input stands for the image now; whatever else reads it flat gets a flatten.
        Flow images = new Flow(Graph.INPUT, dims);
        reader.changeInput(images);
        return images;
    }

    /** Squeeze and Unsqueeze. */
    OnnxValue squeezed() {
        if (reader.input(0) instanceof Constant constant) {
            return constants.squeezed(constant);
        }
        Flow from = reader.flow(0);
        if (!from.vector() || !network.flat(from)) {
            throw reader.wrong("changes the dimensions of values of shape " + from.dims() + ", expected flat values");
        }
        return flat(from);
    }

    OnnxValue transposed() {
        if (reader.input(0) instanceof Constant matrix) {
            return constants.transposed(matrix);
        }
        List<Long> order = reader.wholes("perm", List.of());
        Flow from = reader.flow(0);
        if (first(from) && from.images() && order.equals(List.of(0L, 3L, 1L, 2L))) {
            List<Integer> dims =
                    List.of(from.dims().get(2), from.dims().get(0), from.dims().get(1));
            network.input(new Shape(dims));
            network.note("the model reads images with channels last; Espalier gives them first, as it has them");
            // What reads the input itself would have other dimensions now.
            reader.changeInput(new Flow(Graph.INPUT, dims, 0, 1, Optional.empty(), false, true));
            return new Flow(Graph.INPUT, dims);
        }
        throw reader.wrong("reorders dimensions as " + order + ", expected channels first of the network's input only");
    }

    Flow padded() {
        Flow from = reader.flow(0);
        List<Long> pads = reader.wholes(1, "pads");
        double value = padding();
        String mode = reader.text("mode", "constant");
        if (!mode.equals("constant") || value != 0 || !from.images() || pads.size() != 8) {
            throw reader.wrong("pads by " + pads + " with mode " + mode + " and value " + value
                    + ", expected zeros around images");
        }
        boolean batch = pads.get(0) != 0 || pads.get(4) != 0;
        boolean channels = pads.get(1) != 0 || pads.get(5) != 0;
        List<Long> around = List.of(pads.get(2), pads.get(3), pads.get(6), pads.get(7));
        if (!batch && !channels) {
            int pad = reader.same("pads", around);
            if (pad < 0 || pad > 64 || from.affine().isPresent() && pad > 0) {
                throw reader.wrong(
                        "pads by " + pad + " zeros, expected 0 to 64, before images are normalised or not at all");
            }
            return new Flow(from.node(), from.dims(), from.pad() + pad, from.stride(), from.affine(), false, false);
        }
        if (batch || around.stream().anyMatch(pad -> pad != 0) || from.pad() > 0) {
            throw reader.wrong("pads by " + pads + ", expected rows and columns, or channels");
        }
        Operation shortcut =
                new Operation.PadChannels(from.stride(), Math.toIntExact(pads.get(1)), Math.toIntExact(pads.get(5)));
        Flow whole = new Flow(from.node(), from.dims(), 0, 1, from.affine(), false, false);
        return network.onImages(network.plainName("shortcut"), shortcut, whole);
    }

    /** The number that pads. */
    private double padding() {
        if (!reader.has(2)) {
            return reader.real("value", 0);
        }
        double[] numbers = reader.constant(2).numbers();
        return numbers.length == 1 ? numbers[0] : 1;
    }

    OnnxValue sliced() {
        double[] starts = reader.numbers(1, "starts");
        double[] ends = reader.numbers(2, "ends");
        double[] axes = reader.has(3) || reader.hasAttribute("axes") ? reader.numbers(3, "axes") : upTo(starts.length);
        double[] steps = reader.has(4) ? reader.constant(4).numbers() : new double[0];
        if (reader.input(0) instanceof Constant constant) {
            return constants.sliced(constant, starts, ends, steps);
        }
        Flow flow = reader.flow(0);
        int[] stride = {1, 1};
        for (int i = 0; i < axes.length; i++) {
            int axis = (int) (axes[i] < 0 ? axes[i] + 4 : axes[i]);
            boolean whole = i < starts.length
                    && i < ends.length
                    && flow.images()
                    && axis >= 2
                    && axis <= 3
                    && starts[i] == 0
                    && ends[i] >= flow.dims().get(axis - 1);
            if (!whole || flow.pad() > 0 || i < steps.length && !(steps[i] >= 1 && steps[i] <= 64)) {
                throw reader.wrong("cuts a part of the network's values, expected every n-th row and column");
            }
            stride[axis - 2] = i < steps.length ? (int) steps[i] : 1;
        }
        if (stride[0] != stride[1] || flow.stride() != 1) {
            throw reader.wrong(
                    "takes every " + stride[0] + "th row and every " + stride[1] + "th column, expected the same");
        }
        return new Flow(flow.node(), flow.dims(), 0, stride[0], flow.affine(), false, false);
    }

    private static double[] upTo(int count) {
        double[] axes = new double[count];
        Arrays.setAll(axes, i -> i);
        return axes;
    }
}
