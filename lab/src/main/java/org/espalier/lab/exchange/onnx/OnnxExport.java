package org.espalier.lab.exchange.onnx;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.espalier.network.Graph;
import org.espalier.network.Mask;
import org.espalier.network.Operation;
import org.espalier.network.Shape;
import org.espalier.network.Weights;

/**
 * Writes networks as ONNX: operators of version 13, which every runtime since 2020 knows. The input is called {@code input}, of
 * shape (N, channels, rows, columns) or (N, values) with pixels from 0 to 1; the output has the name of the last layer and holds
 * logits. Values are called as the layers are, and initializers as their parameters.
 */
public final class OnnxExport {
    /** Name of the program in files. */
    public static final String PRODUCER = "espalier";

    /** End of the name of a vector of ones, for norms that do not scale. */
    static final String ONES = ".ones";

    /** End of the name of the means of channels before they are flat. */
    static final String IMAGE = ".image";

    private static final int IR_VERSION = 7;
    private static final int OPSET = 13;
    private static final int FLOAT = 1;
    private static final int INT64 = 7;
    private static final int INTS_TYPE = 7;
    private static final int INT_TYPE = 2;
    private static final int FLOAT_TYPE = 1;
    private static final String BATCH = "N";

    private final Weights weights;
    private final Mask mask;
    private final boolean sparse;
    private final List<byte[]> nodes = new ArrayList<>();
    private final Map<String, byte[]> initializers = new LinkedHashMap<>();
    private final List<byte[]> sparseInitializers = new ArrayList<>();

    private OnnxExport(Weights weights, Mask mask, boolean sparse) {
        this.weights = weights;
        this.mask = mask;
        this.sparse = sparse;
    }

    /**
     * A file's bytes.
     *
     * @param sparse whether weights are written as sparse initializers, index and value; a matter of the file's size only, since
     *     runtimes make them dense
     * @param metadata strings about the network
     */
    public static byte[] encode(Weights weights, Mask mask, boolean sparse, Map<String, String> metadata) {
        return new OnnxExport(weights, mask, sparse).model(metadata);
    }

    /** Writes the fields of a message. */
    @FunctionalInterface
    private interface Fields {
        void write(CodedOutputStream out) throws IOException;
    }

    private static byte[] message(Fields fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            CodedOutputStream out = CodedOutputStream.newInstance(bytes);
            fields.write(out);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail in this way
        }
        return bytes.toByteArray();
    }

    private byte[] model(Map<String, String> metadata) {
        byte[] graph = graph();
        return message(out -> {
            out.writeInt64(1, IR_VERSION);
            out.writeString(2, PRODUCER);
            out.writeByteArray(7, graph);
            out.writeByteArray(8, message(opset -> {
                opset.writeString(1, "");
                opset.writeInt64(2, OPSET);
            }));
            for (Map.Entry<String, String> entry : metadata.entrySet()) {
                out.writeByteArray(14, message(pair -> {
                    pair.writeString(1, entry.getKey());
                    pair.writeString(2, entry.getValue());
                }));
            }
        });
    }

    private byte[] graph() {
        Graph graph = weights.graph();
        graph.nodes().forEach(this::add);
        return message(out -> {
            for (byte[] node : nodes) {
                out.writeByteArray(1, node);
            }
            out.writeString(2, "network");
            for (byte[] tensor : initializers.values()) {
                out.writeByteArray(5, tensor);
            }
            out.writeByteArray(11, value(Graph.INPUT, graph.input()));
            out.writeByteArray(12, value(graph.output(), graph.shape(graph.output())));
            for (byte[] tensor : sparseInitializers) {
                out.writeByteArray(15, tensor);
            }
        });
    }

    private static byte[] value(String name, Shape shape) {
        byte[] dims = message(out -> {
            out.writeByteArray(1, message(batch -> batch.writeString(2, BATCH)));
            for (int size : shape.sizes()) {
                out.writeByteArray(1, message(dim -> dim.writeInt64(1, size)));
            }
        });
        byte[] tensor = message(out -> {
            out.writeInt32(1, FLOAT);
            out.writeByteArray(2, dims);
        });
        return message(out -> {
            out.writeString(1, name);
            out.writeByteArray(2, message(type -> type.writeByteArray(1, tensor)));
        });
    }

    private void add(Graph.Node node) {
        String name = node.name();
        String from = node.inputs().getFirst();
        switch (node.operation()) {
            case Operation.Linear linear -> {
                List<String> inputs = new ArrayList<>(List.of(from, weight(name, linear.outputs(), linear.inputs())));
                if (linear.bias()) {
                    inputs.add(vector(name + ".bias"));
                }
                node("Gemm", name, inputs, whole("transB", 1));
            }
            case Operation.Conv2d conv -> {
                List<String> inputs = new ArrayList<>(
                        List.of(from, weight(name, conv.outputs(), conv.inputs(), conv.kernel(), conv.kernel())));
                if (conv.bias()) {
                    inputs.add(vector(name + ".bias"));
                }
                node(
                        "Conv",
                        name,
                        inputs,
                        wholes("dilations", 1, 1),
                        whole("group", 1),
                        wholes("kernel_shape", conv.kernel(), conv.kernel()),
                        pads(conv.padding()),
                        wholes("strides", conv.stride(), conv.stride()));
            }
            case Operation.BatchNorm norm -> {
                List<String> inputs = new ArrayList<>(List.of(from));
                if (norm.affine()) {
                    inputs.add(vector(name + ".weight"));
                    inputs.add(vector(name + ".bias"));
                } else {
                    float[] ones = new float[norm.channels()];
                    java.util.Arrays.fill(ones, 1f);
                    inputs.add(tensor(name + ONES, ones, norm.channels()));
                    inputs.add(tensor(name + ".zeros", new float[norm.channels()], norm.channels()));
                }
                inputs.add(vector(name + ".running_mean"));
                inputs.add(vector(name + ".running_var"));
                node("BatchNormalization", name, inputs, real("epsilon", (float) Operation.BatchNorm.EPSILON));
            }
            case Operation.Relu _ -> node("Relu", name, List.of(from));
            case Operation.MaxPool pool ->
                node(
                        "MaxPool",
                        name,
                        List.of(from),
                        wholes("kernel_shape", pool.window(), pool.window()),
                        pads(pool.padding()),
                        wholes("strides", pool.stride(), pool.stride()));
            case Operation.AveragePool pool ->
                node(
                        "AveragePool",
                        name,
                        List.of(from),
                        whole("count_include_pad", 1),
                        wholes("kernel_shape", pool.window(), pool.window()),
                        pads(pool.padding()),
                        wholes("strides", pool.stride(), pool.stride()));
            case Operation.GlobalAveragePool _ -> {
                node("GlobalAveragePool", name + IMAGE, List.of(from));
                node("Flatten", name, List.of(name + IMAGE), whole("axis", 1));
            }
            case Operation.Add _ -> node("Add", name, node.inputs());
            case Operation.PadChannels pad -> pad(name, from, pad);
            case Operation.Flatten _ -> node("Flatten", name, List.of(from), whole("axis", 1));
            case Operation.Normalise normalise -> {
                int channels = normalise.means().size();
                node(
                        "Sub",
                        name + ".centred",
                        List.of(from, tensor(name + ".mean", array(normalise.means()), channels, 1, 1)));
                node(
                        "Div",
                        name,
                        List.of(
                                name + ".centred",
                                tensor(name + ".deviation", array(normalise.deviations()), channels, 1, 1)));
            }
        }
    }

    /** Every n-th row and column, then channels of zeros. */
    private void pad(String name, String from, Operation.PadChannels pad) {
        String whole = from;
        if (pad.stride() > 1) {
            whole = name + ".strided";
            node(
                    "Slice",
                    whole,
                    List.of(
                            from,
                            longs(name + ".starts", 0, 0),
                            longs(name + ".ends", Integer.MAX_VALUE, Integer.MAX_VALUE),
                            longs(name + ".axes", 2, 3),
                            longs(name + ".steps", pad.stride(), pad.stride())));
        }
        node("Pad", name, List.of(whole, longs(name + ".pads", 0, pad.before(), 0, 0, 0, pad.after(), 0, 0)));
    }

    private static float[] array(List<Float> numbers) {
        float[] array = new float[numbers.size()];
        for (int i = 0; i < array.length; i++) {
            array[i] = numbers.get(i);
        }
        return array;
    }

    private void node(String operator, String output, List<String> inputs, byte[]... attributes) {
        nodes.add(message(out -> {
            for (String input : inputs) {
                out.writeString(1, input);
            }
            out.writeString(2, output);
            out.writeString(3, output);
            out.writeString(4, operator);
            for (byte[] attribute : attributes) {
                out.writeByteArray(5, attribute);
            }
        }));
    }

    private static byte[] pads(int padding) {
        return wholes("pads", padding, padding, padding, padding);
    }

    private static byte[] wholes(String name, long... values) {
        return message(out -> {
            out.writeString(1, name);
            for (long value : values) {
                out.writeInt64(8, value);
            }
            out.writeInt32(20, INTS_TYPE);
        });
    }

    private static byte[] whole(String name, long value) {
        return message(out -> {
            out.writeString(1, name);
            out.writeInt64(3, value);
            out.writeInt32(20, INT_TYPE);
        });
    }

    private static byte[] real(String name, float value) {
        return message(out -> {
            out.writeString(1, name);
            out.writeFloat(2, value);
            out.writeInt32(20, FLOAT_TYPE);
        });
    }

    private String vector(String parameter) {
        float[] values = weights.values(parameter);
        return tensor(parameter, values, values.length);
    }

    private String weight(String node, int... dims) {
        String name = node + ".weight";
        float[] values = weights.values(name);
        if (!sparse || mask.count(name) == values.length) {
            return tensor(name, values, dims);
        }
        long[] at = mask.survivors(name).stream().mapToLong(i -> i).toArray();
        float[] kept = new float[at.length];
        for (int i = 0; i < at.length; i++) {
            kept[i] = values[(int) at[i]];
        }
        sparseInitializers.add(message(out -> {
            out.writeByteArray(1, floats(name, kept, kept.length));
            out.writeByteArray(2, wholes64(name + ".index", at));
            for (int dim : dims) {
                out.writeInt64(3, dim);
            }
        }));
        return name;
    }

    private String tensor(String name, float[] values, int... dims) {
        initializers.put(name, floats(name, values, dims));
        return name;
    }

    private static byte[] floats(String name, float[] values, int... dims) {
        ByteBuffer raw = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        raw.asFloatBuffer().put(values);
        return message(out -> {
            for (int dim : dims) {
                out.writeInt64(1, dim);
            }
            out.writeInt32(2, FLOAT);
            out.writeString(8, name);
            out.writeByteArray(9, raw.array());
        });
    }

    private String longs(String name, long... values) {
        initializers.put(name, wholes64(name, values));
        return name;
    }

    private static byte[] wholes64(String name, long... values) {
        ByteBuffer raw = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        raw.asLongBuffer().put(values);
        return message(out -> {
            out.writeInt64(1, values.length);
            out.writeInt32(2, INT64);
            out.writeString(8, name);
            out.writeByteArray(9, raw.array());
        });
    }
}
