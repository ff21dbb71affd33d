package org.espalier.lab.exchange.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.UserException;
import org.espalier.lab.exchange.onnx.OnnxValue.Flow;
import org.espalier.network.Graph;
import org.espalier.network.Shape;

/**
 * An ONNX graph as a {@link Graph} and its parameters. Constants are computed first. Padding, strides and normalisation that ONNX
 * has as operators of their own become settings of the layers that read them. A softmax at the end is left out.
 */
public final class OnnxImport {
    /** Operators that are read, for messages. */
    static final String OPERATORS =
            "Conv, Gemm, MatMul, Add, Sub, Mul, Div, BatchNormalization, Relu, MaxPool, AveragePool,"
                    + " GlobalAveragePool, ReduceMean, Flatten, Reshape, Squeeze, Unsqueeze, Transpose, Pad, Slice, Identity, Dropout,"
                    + " Cast, Constant, Shape, Gather, Concat and a last Softmax";

    private static final int MOST_NODES = 5_000;
    static final int MOST_VALUES = 1 << 24; // of an example

    /** What was read: the network, its parameters by name, and sentences for the user. */
    public record Read(Graph graph, Map<String, float[]> parameters, List<String> notes) {}

    private final OnnxModel.Graph graph;
    private final String source;
    private final NodeReader reader;
    private final NetworkBuilder network;
    private final ConstantOperators constants;
    private final LayerOperators layers;
    private final ShapeOperators shapes;

    private OnnxImport(OnnxModel model, Optional<Shape> image, String source) {
        this.graph = model.graph();
        this.source = source;
        reader = new NodeReader(model, source);
        network = new NetworkBuilder(reader, model.producer().equals(OnnxExport.PRODUCER), image, source);
        constants = new ConstantOperators(reader);
        layers = new LayerOperators(reader, network, constants);
        shapes = new ShapeOperators(reader, network, constants);
    }

    /**
     * Reads a network.
     *
     * @param image shape of its images, if known; needed where the graph normalises a flat input
     * @param source the file, for messages
     * @throws UserException if it has operators or settings that no layer of Espalier's computes, a cycle, or constants that do
     *     not fit
     */
    public static Read read(OnnxModel model, Optional<Shape> image, String source) {
        int nodes = model.graph().nodes().size();
        if (nodes > MOST_NODES) {
            throw new UserException(source + " has " + nodes + " nodes, expected at most " + MOST_NODES);
        }
        OnnxImport importer = new OnnxImport(model, image, source);
        try {
            return importer.read();
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new UserException(source + ": " + importer.reader.label() + e.getMessage(), e);
        }
    }

    private Read read() {
        List<OnnxModel.Value> inputs = graph.inputs().stream()
                .filter(value -> !graph.initializers().containsKey(value.name()))
                .toList();
        if (inputs.size() != 1 || graph.outputs().size() != 1) {
            throw new UserException(source + " has " + inputs.size() + " inputs and "
                    + graph.outputs().size() + " outputs, expected one of each");
        }
        begin(inputs.getFirst());
        for (OnnxModel.Node node : graph.nodes()) {
            reader.begin(node);
            reader.give(value());
        }
        reader.end();
        String output = graph.outputs().getFirst().name();
        if (!(reader.value(output).orElse(null) instanceof Flow flow) || flow.input()) {
            throw new UserException(source + " has output " + output + ", which no node computes from its input");
        }
        String last = network.settled(flow);
        Read read = network.read(last);
        if (read.graph().shape(last).dimensions() != 1) {
            throw new UserException(source + " has an output that is not flat, expected a logit for each class");
        }
        return read;
    }

    /** The input's shape: an image, or flat values with lengths of 1 around them. */
    private void begin(OnnxModel.Value value) {
        List<Integer> dims = new ArrayList<>();
        List<Long> given = value.dims();
        for (int d = 1; d < given.size(); d++) {
            long length = given.get(d);
            if (length < 1 || length > MOST_VALUES) {
                throw new UserException(source + " has input " + value.name() + " of shape " + given
                        + " (batch first, 0 where not given), expected a length of each dimension");
            }
            dims.add((int) length);
        }
        long elements = dims.stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> Math.min(a * b, 1L << 40));
        long longer = dims.stream().filter(length -> length > 1).count();
        if (elements > MOST_VALUES || dims.isEmpty() || dims.size() != 3 && longer > 1) {
            throw new UserException(source + " has input " + value.name() + " of shape " + given
                    + ", expected (batch, channels, rows, columns) or (batch, values)");
        }
        network.input(dims.size() == 3 ? new Shape(dims) : Shape.of((int) elements));
        reader.input(value.name(), new Flow(Graph.INPUT, dims.size() == 3 ? dims : List.of((int) elements)));
    }

    private OnnxValue value() {
        return switch (reader.operator()) {
            case "Constant" -> constants.constant();
            case "Shape" -> constants.shape();
            case "Gather" -> constants.gathered();
            case "Concat" -> constants.joined();
            case "Identity", "Dropout", "Cast" -> reader.input(0);
            case "Conv" -> layers.conv();
            case "Gemm" -> layers.gemm();
            case "MatMul" -> layers.product();
            case "Add", "Sub", "Mul", "Div" -> layers.arithmetic();
            case "BatchNormalization" -> layers.norm();
            case "Relu" -> layers.relu();
            case "MaxPool", "AveragePool" -> layers.pool();
            case "GlobalAveragePool" -> layers.mean();
            case "ReduceMean" -> layers.reduced();
            case "Softmax", "LogSoftmax" -> layers.softmax();
            case "Flatten" -> shapes.flattened();
            case "Reshape" -> shapes.reshaped();
            case "Squeeze", "Unsqueeze" -> shapes.squeezed();
            case "Transpose" -> shapes.transposed();
            case "Pad" -> shapes.padded();
            case "Slice" -> shapes.sliced();
            default -> throw reader.unknown();
        };
    }
}
