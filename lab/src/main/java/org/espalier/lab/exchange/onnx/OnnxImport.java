package org.espalier.lab.exchange.onnx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.espalier.UserException;
import org.espalier.network.Graph;
import org.espalier.network.Operation;
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

    /** Operators that give the value that they read. */
    private static final Set<String> SAME = Set.of("Identity", "Dropout", "Cast");

    private static final int MOST_NODES = 5_000;

    /** What was read: the network, its parameters by name, and sentences for the user. */
    public record Read(Graph graph, Map<String, float[]> parameters, List<String> notes) {}

    /** What a name stands for while the graph is read. */
    private sealed interface Value {}

    /** Numbers that are known. The first length of a value's Shape, the batch, is 0. */
    private record Constant(List<Long> dims, double[] numbers, boolean real) implements Value {}

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
    private record Flow(
            String node, List<Integer> dims, int pad, int stride, Optional<Affine> affine, boolean bias, boolean last)
            implements Value {
        Flow(String node, List<Integer> dims) {
            this(node, dims, 0, 1, Optional.empty(), false, false);
        }

        boolean plain() {
            return pad == 0 && stride == 1 && affine.isEmpty();
        }
    }

    /** {@code (x - mean) / deviation} of each channel; one number stands for all channels. */
    private record Affine(double[] means, double[] deviations) {}

    private final OnnxModel model;
    private final String source;
    private final Optional<Shape> image;
    private final Map<String, Value> values = new HashMap<>();
    private final Map<String, String> aliases = new HashMap<>(); // a name of the same value that came earlier
    private final Map<String, Integer> readers =
            new HashMap<>(); // by the first name of a value; the output counts as one
    private final List<Graph.Node> nodes = new ArrayList<>();
    private final Map<String, float[]> parameters = new HashMap<>();
    private final List<String> notes = new ArrayList<>();
    private final Map<String, Integer> counts = new HashMap<>();
    private Shape input = Shape.of(1);
    private OnnxModel.Node at = new OnnxModel.Node("", "", "", List.of(), List.of(), Map.of()); // the one being read

    private OnnxImport(OnnxModel model, Optional<Shape> image, String source) {
        this.model = model;
        this.image = image;
        this.source = source;
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
        OnnxImport reader = new OnnxImport(model, image, source);
        try {
            return reader.read();
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new UserException(
                    source + ": " + (reader.at.operator().isEmpty() ? "" : reader.at + ": ") + e.getMessage(), e);
        }
    }

    private Read read() {
        OnnxModel.Graph graph = model.graph();
        if (graph.nodes().size() > MOST_NODES) {
            throw new UserException(source + " has " + graph.nodes().size() + " nodes, expected at most " + MOST_NODES);
        }
        countReaders(graph);
        List<OnnxModel.Value> inputs = graph.inputs().stream()
                .filter(value -> !graph.initializers().containsKey(value.name()))
                .toList();
        if (inputs.size() != 1 || graph.outputs().size() != 1) {
            throw new UserException(source + " has " + inputs.size() + " inputs and "
                    + graph.outputs().size() + " outputs, expected one of each");
        }
        begin(inputs.getFirst());
        for (OnnxModel.Node node : graph.nodes()) {
            at = node;
            if (!node.domain().isEmpty() && !node.domain().equals("ai.onnx")) {
                throw unknown();
            }
            if (node.outputs().isEmpty()) {
                throw wrong("gives nothing");
            }
            Value value = value();
            if (values.put(node.outputs().getFirst(), value) != null
                    || graph.initializers().containsKey(node.outputs().getFirst())) {
                throw wrong("gives value " + node.outputs().getFirst() + ", which is there already");
            }
        }
        at = new OnnxModel.Node("", "", "", List.of(), List.of(), Map.of());
        Value output = values.get(graph.outputs().getFirst().name());
        if (!(output instanceof Flow flow) || flow.node().equals(Graph.INPUT)) {
            throw new UserException(source + " has output "
                    + graph.outputs().getFirst().name() + ", which no node computes from its input");
        }
        String last = settled(flow);
        if (new Graph(input, needed(last), last).shape(last).dimensions() != 1) {
            throw new UserException(source + " has an output that is not flat, expected a logit for each class");
        }
        return new Read(new Graph(input, needed(last), last), parameters, notes);
    }

    /** Counts who reads a value under any of its names: some operators give what they read. */
    private void countReaders(OnnxModel.Graph graph) {
        for (OnnxModel.Node node : graph.nodes()) {
            if (SAME.contains(node.operator())
                    && !node.inputs().isEmpty()
                    && !node.outputs().isEmpty()) {
                aliases.put(node.outputs().getFirst(), firstName(node.inputs().getFirst()));
            } else {
                node.inputs().forEach(name -> readers.merge(firstName(name), 1, Integer::sum));
            }
        }
        graph.outputs().forEach(output -> readers.merge(firstName(output.name()), 1, Integer::sum));
    }

    private String firstName(String name) {
        return aliases.getOrDefault(name, name);
    }

    /** The input's shape: an image, or flat values with lengths of 1 around them. */
    private void begin(OnnxModel.Value value) {
        List<Integer> dims = new ArrayList<>();
        List<Long> given = value.dims();
        for (int d = 1; d < given.size(); d++) {
            long length = given.get(d);
            if (length < 1 || length > 1 << 24) {
                throw new UserException(source + " has input " + value.name() + " of shape " + given
                        + " (batch first, 0 where not given), expected a length of each dimension");
            }
            dims.add((int) length);
        }
        long elements = dims.stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> Math.min(a * b, 1L << 40));
        long longer = dims.stream().filter(length -> length > 1).count();
        if (elements > 1 << 24 || dims.isEmpty() || dims.size() != 3 && longer > 1) {
            throw new UserException(source + " has input " + value.name() + " of shape " + given
                    + ", expected (batch, channels, rows, columns) or (batch, values)");
        }
        input = dims.size() == 3 ? new Shape(dims) : Shape.of((int) elements);
        values.put(value.name(), new Flow(Graph.INPUT, dims.size() == 3 ? dims : List.of((int) elements)));
    }

    /** Nodes that the output needs: a softmax or an unused branch may leave others. */
    private List<Graph.Node> needed(String last) {
        List<String> wanted = new ArrayList<>(List.of(last));
        List<Graph.Node> found = new ArrayList<>();
        for (int n = nodes.size() - 1; n >= 0; n--) {
            if (wanted.contains(nodes.get(n).name())) {
                found.addFirst(nodes.get(n));
                wanted.addAll(nodes.get(n).inputs());
            }
        }
        return found;
    }

    private Value value() {
        return switch (at.operator()) {
            case "Constant" -> constant();
            case "Identity", "Dropout", "Cast" -> input(0);
            case "Conv" -> conv();
            case "Gemm" -> gemm();
            case "MatMul" -> product();
            case "Add", "Sub", "Mul", "Div" -> arithmetic();
            case "BatchNormalization" -> norm();
            case "Relu" -> node("relu", new Operation.Relu(), flow(0), strided(flow(0)));
            case "MaxPool", "AveragePool" -> pool();
            case "GlobalAveragePool" -> mean();
            case "ReduceMean" -> reduced();
            case "Flatten" -> flattened();
            case "Reshape" -> reshaped();
            case "Squeeze", "Unsqueeze" ->
                input(0) instanceof Constant constant ? squeezed(constant) : squeezed(flow(0));
            case "Transpose" -> transposed();
            case "Pad" -> padded();
            case "Slice" -> sliced();
            case "Shape" -> shape();
            case "Gather" -> gathered();
            case "Concat" -> joined();
            case "Softmax", "LogSoftmax" -> softmax();
            default -> throw unknown();
        };
    }

    private UserException unknown() {
        return new UserException(source + " has operator "
                + (at.domain().isEmpty() ? "" : at.domain() + ".") + at + ", expected "
                + OPERATORS);
    }

    private UserException wrong(String problem) {
        return new UserException(source + ": " + at + " " + problem);
    }

    // Inputs and settings of the node being read.

    private Value input(int index) {
        String name = index < at.inputs().size() ? at.inputs().get(index) : "";
        if (name.isEmpty()) {
            // An empty name stands for an input that is left out, even where a file gives a tensor this name.
            throw wrong("has no input " + index);
        }
        Value value = values.get(name);
        OnnxModel.Tensor tensor = model.graph().initializers().get(name);
        if (value == null && tensor != null) {
            value = constant(tensor);
        }
        if (value == null) {
            throw wrong("reads value \"" + name + "\" before it is computed: expected nodes in order, without cycles");
        }
        return value;
    }

    private boolean has(int index) {
        return index < at.inputs().size() && !at.inputs().get(index).isEmpty();
    }

    private Flow flow(int index) {
        if (input(index) instanceof Flow flow) {
            if (flow.last()) {
                throw wrong("reads a softmax, expected that at the end only");
            }
            return flow;
        }
        throw wrong("has a constant as input " + index + ", expected values that depend on the network's input");
    }

    private Constant constant(int index) {
        if (input(index) instanceof Constant constant) {
            return constant;
        }
        throw wrong("has input " + index + " that depends on the network's input, expected a constant");
    }

    private static Constant constant(OnnxModel.Tensor tensor) {
        if (!tensor.real()) {
            long[] longs = tensor.longs();
            double[] numbers = new double[longs.length];
            for (int i = 0; i < longs.length; i++) {
                numbers[i] = longs[i];
            }
            return new Constant(tensor.dims(), numbers, false);
        }
        float[] floats = tensor.floats();
        double[] numbers = new double[floats.length];
        for (int i = 0; i < floats.length; i++) {
            numbers[i] = floats[i];
        }
        return new Constant(tensor.dims(), numbers, true);
    }

    private Constant constant() {
        OnnxModel.Attribute value = at.attributes().get("value");
        if (value != null && value.tensor().isPresent()) {
            return constant(value.tensor().get());
        }
        for (String name : List.of("value_float", "value_int", "value_ints")) {
            OnnxModel.Attribute found = at.attributes().get(name);
            if (found != null) {
                boolean real = name.equals("value_float");
                double[] numbers = real
                        ? new double[] {found.real()}
                        : found.wholes().stream().mapToDouble(Long::doubleValue).toArray();
                return new Constant(
                        name.equals("value_ints") ? List.of((long) numbers.length) : List.of(), numbers, real);
            }
        }
        throw wrong("has no value of numbers");
    }

    private long whole(String name, long usual) {
        OnnxModel.Attribute found = at.attributes().get(name);
        return found == null || found.wholes().isEmpty()
                ? usual
                : found.wholes().getFirst();
    }

    private List<Long> wholes(String name, List<Long> usual) {
        OnnxModel.Attribute found = at.attributes().get(name);
        return found == null ? usual : found.wholes();
    }

    private float real(String name, float usual) {
        OnnxModel.Attribute found = at.attributes().get(name);
        return found == null ? usual : found.real();
    }

    private String text(String name, String usual) {
        OnnxModel.Attribute found = at.attributes().get(name);
        return found == null ? usual : found.text();
    }

    /** The one number of a list that has the same number for rows and columns. */
    private int square(String name, List<Long> list) {
        if (list.isEmpty() || list.stream().distinct().count() != 1) {
            throw wrong("has " + name + " " + list + ", expected the same for rows and columns and on all sides");
        }
        return Math.toIntExact(list.getFirst());
    }

    // Nodes of the network.

    /** A new name: a word and a number, or the word itself if it names a file's tensors. */
    private String name(String word) {
        String clean = word.replaceAll("[^A-Za-z0-9._-]", "-").replaceAll("^-+", "");
        boolean own = !clean.isEmpty() && !clean.equals(Graph.INPUT) && !taken(clean);
        if (own) {
            return clean;
        }
        String base = clean.isEmpty() ? "layer" : clean;
        String name;
        do {
            name = base + "." + counts.merge(base, 1, Integer::sum);
        } while (taken(name));
        return name;
    }

    private boolean taken(String name) {
        return nodes.stream().anyMatch(node -> node.name().equals(name));
    }

    /** A name for a layer with weights: that of its tensors, without {@code .weight}, if they have one. */
    private String weightName(String word, int index) {
        String tensor = at.inputs().get(index);
        return tensor.endsWith(".weight") && tensor.length() > 7
                ? name(tensor.substring(0, tensor.length() - 7))
                : plainName(word);
    }

    /** A name for a layer without tensors: Espalier's own files have it as the name of the value. */
    private String plainName(String word) {
        String output = at.outputs().getFirst();
        if (model.producer().equals(OnnxExport.PRODUCER) && output.matches("[A-Za-z0-9._-]+")) {
            // A global mean is written as two operators, of which the second has the layer's name.
            boolean image = at.operator().equals("GlobalAveragePool") && output.endsWith(OnnxExport.IMAGE);
            return name(image ? output.substring(0, output.length() - OnnxExport.IMAGE.length()) : output);
        }
        return name(word + counts.merge(word, 1, Integer::sum));
    }

    private Flow node(String word, Operation operation, Flow from, List<Integer> dims) {
        return add(plainName(word), operation, List.of(settled(from)), dims);
    }

    private Flow add(String name, Operation operation, List<String> inputs, List<Integer> dims) {
        nodes.add(new Graph.Node(name, operation, inputs));
        return new Flow(name, dims);
    }

    /** The node that gives these values when all that is pending has been done, by nodes of its own. */
    private String settled(Flow flow) {
        if (flow.pad() > 0) {
            throw new UserException(
                    source + " pads images before " + at + ", expected a convolution or a pool to read them");
        }
        String node = flow.node();
        if (flow.affine().isPresent()) {
            node = normalised(flow, flow.affine().get());
        }
        if (flow.stride() > 1) {
            String name = name("stride" + counts.merge("stride", 1, Integer::sum));
            nodes.add(new Graph.Node(name, new Operation.PadChannels(flow.stride(), 0, 0), List.of(node)));
            node = name;
        }
        return node;
    }

    private String normalised(Flow flow, Affine affine) {
        boolean flat = flow.dims().size() != 3;
        boolean first = flow.node().equals(Graph.INPUT);
        if (flat && !first) {
            throw new UserException(source + " shifts or scales flat values before " + at
                    + ", expected that of images or of the input only");
        } else if (flat && image.isEmpty()) {
            throw new UserException(source + " normalises " + input
                    + " values without a shape: give the shape of its images" + " with --input, e.g. --input 1x28x28");
        }
        if (flat) {
            Shape shape = image.orElseThrow();
            if (shape.elements() != input.elements()) {
                throw new UserException(source + " reads " + input + " values, expected those of an image of " + shape);
            }
            input = shape;
        }
        int channels = flat ? input.size(0) : flow.dims().getFirst();
        List<Float> means = spread(affine.means(), channels);
        List<Float> deviations = spread(affine.deviations(), channels);
        // Another node may normalise the same values in the same way.
        Operation operation = new Operation.Normalise(means, deviations);
        for (Graph.Node node : nodes) {
            if (node.operation().equals(operation) && node.inputs().equals(List.of(flow.node())) && !flat) {
                return node.name();
            }
        }
        String name = name(nodes.isEmpty() ? "normalise" : "normalise" + counts.merge("normalise", 1, Integer::sum));
        nodes.add(new Graph.Node(name, operation, List.of(flow.node())));
        if (flow.node().equals(Graph.INPUT)) {
            notes.add("the graph normalises pixels x as (x - mean) / deviation with means " + means + " and deviations "
                    + deviations);
        }
        if (flat) {
            String flatten = name("flatten");
            nodes.add(new Graph.Node(flatten, new Operation.Flatten(), List.of(name)));
            return flatten;
        }
        return name;
    }

    private List<Float> spread(double[] numbers, int channels) {
        List<Float> spread = new ArrayList<>();
        for (int channel = 0; channel < channels; channel++) {
            if (numbers.length != 1 && numbers.length != channels) {
                throw new UserException(source + " shifts or scales " + numbers.length + " channels before " + at
                        + ", expected " + channels);
            }
            spread.add((float) numbers[numbers.length == 1 ? 0 : channel]);
        }
        return spread;
    }

    private Flow conv() {
        Flow from = flow(0);
        Constant kernel = constant(1);
        List<Long> dims = kernel.dims();
        if (dims.size() != 4 || dims.get(2).longValue() != dims.get(3) || whole("group", 1) != 1) {
            throw wrong("has a kernel of shape " + dims + " and group " + whole("group", 1)
                    + ", expected a square kernel and group 1");
        }
        if (square("dilations", wholes("dilations", List.of(1L))) != 1) {
            throw wrong("has dilations " + wholes("dilations", List.of()) + ", expected 1");
        }
        int window = Math.toIntExact(dims.get(2));
        int padding = padding(window) + from.pad();
        int stride = square("strides", wholes("strides", List.of(1L)));
        Operation.Conv2d conv = new Operation.Conv2d(
                Math.toIntExact(dims.get(1)), Math.toIntExact(dims.get(0)), window, stride, padding, has(2));
        String name = weightName("conv", 1);
        Flow images = new Flow(from.node(), from.dims(), 0, from.stride(), from.affine(), false, false);
        if (padding > 0 && from.affine().isPresent() && from.pad() > 0) {
            throw wrong("reads images that are padded before they are normalised");
        }
        Flow given = add(name, conv, List.of(settled(images)), image(conv, name, images));
        parameters.put(name + ".weight", floats(kernel));
        if (has(2)) {
            parameters.put(name + ".bias", floats(constant(2), conv.outputs()));
        }
        return given;
    }

    /** Rows and columns after an operation on images. */
    private List<Integer> image(Operation operation, String name, Flow from) {
        if (from.dims().size() != 3) {
            throw wrong("reads values of shape " + from.dims() + ", expected channels x rows x columns");
        }
        int rows = (from.dims().get(1) + from.stride() - 1) / from.stride();
        int columns = (from.dims().get(2) + from.stride() - 1) / from.stride();
        return operation
                .output(
                        name,
                        List.of(new Operation.Source(
                                from.node(), Shape.of(from.dims().getFirst(), rows, columns))))
                .sizes();
    }

    private int padding(int window) {
        String automatic = text("auto_pad", "NOTSET");
        if (automatic.equals("VALID")) {
            return 0;
        } else if (automatic.startsWith("SAME")) {
            if (window % 2 == 0 || square("strides", wholes("strides", List.of(1L))) != 1) {
                throw wrong("has auto_pad " + automatic + " for a window of " + window
                        + " that pads its sides differently, expected the same on all sides");
            }
            return window / 2;
        }
        return square("pads", wholes("pads", List.of(0L)));
    }

    private static float[] floats(Constant constant) {
        float[] floats = new float[constant.numbers().length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) constant.numbers()[i];
        }
        return floats;
    }

    /** Numbers of a vector, or one number for all. */
    private float[] floats(Constant constant, int count) {
        double[] numbers = constant.numbers();
        if (numbers.length != 1 && numbers.length != count) {
            throw wrong("has a vector of " + numbers.length + " numbers, expected " + count);
        }
        float[] floats = new float[count];
        for (int i = 0; i < count; i++) {
            floats[i] = (float) numbers[numbers.length == 1 ? 0 : i];
        }
        return floats;
    }

    private Flow gemm() {
        if (whole("transA", 0) != 0) {
            throw wrong("has transA 1, expected 0");
        }
        Flow given = linear(flow(0), constant(1), whole("transB", 0) == 1, real("alpha", 1));
        if (has(2)) {
            float beta = real("beta", 1);
            float[] bias = floats(constant(2), given.dims().getFirst());
            for (int i = 0; i < bias.length; i++) {
                bias[i] *= beta;
            }
            return biased(given, bias);
        }
        return given;
    }

    private Flow product() {
        Flow given = linear(flow(0), constant(1), false, 1);
        return new Flow(given.node(), given.dims(), 0, 1, Optional.empty(), true, false);
    }

    /**
     * A linear layer.
     *
     * @param transposed whether the matrix is (outputs, inputs), as Espalier has it
     */
    private Flow linear(Flow from, Constant matrix, boolean transposed, float scale) {
        if (matrix.dims().size() != 2 || from.dims().size() != 1) {
            throw wrong("multiplies values of shape " + from.dims() + " by a constant of shape " + matrix.dims()
                    + ", expected flat values and a matrix");
        }
        int outputs = Math.toIntExact(matrix.dims().get(transposed ? 0 : 1));
        int inputs = Math.toIntExact(matrix.dims().get(transposed ? 1 : 0));
        Operation.Linear linear = new Operation.Linear(inputs, outputs, false);
        String name = weightName("fc", 1);
        float[] weights = new float[Math.multiplyExact(inputs, outputs)];
        for (int o = 0; o < outputs; o++) {
            for (int i = 0; i < inputs; i++) {
                double weight = matrix.numbers()[transposed ? o * inputs + i : i * outputs + o];
                weights[o * inputs + i] = (float) weight * scale;
            }
        }
        if (inputs != from.dims().getFirst()) {
            throw wrong("has a matrix of " + inputs + " inputs, expected "
                    + from.dims().getFirst());
        }
        parameters.put(name + ".weight", weights);
        return add(name, linear, List.of(settled(from)), List.of(outputs));
    }

    /** Gives the linear layer that was read last a bias. */
    private Flow biased(Flow flow, float[] bias) {
        for (int n = 0; n < nodes.size(); n++) {
            Graph.Node node = nodes.get(n);
            if (node.name().equals(flow.node()) && node.operation() instanceof Operation.Linear linear) {
                nodes.set(
                        n,
                        new Graph.Node(
                                node.name(),
                                new Operation.Linear(linear.inputs(), linear.outputs(), true),
                                node.inputs()));
                parameters.put(node.name() + ".bias", bias);
            }
        }
        return new Flow(flow.node(), flow.dims());
    }

    private Value arithmetic() {
        Value first = input(0);
        Value second = input(1);
        if (first instanceof Constant a && second instanceof Constant b) {
            return computed(a, b);
        }
        if (first instanceof Flow a && second instanceof Flow b) {
            if (!at.operator().equals("Add")) {
                throw wrong("combines two values of the network, expected Add");
            }
            flow(0);
            flow(1);
            if (!strided(a).equals(strided(b))) {
                throw wrong("adds values of shapes " + strided(a) + " and " + strided(b) + ", expected the same");
            }
            return add(plainName("add"), new Operation.Add(), List.of(settled(a), settled(b)), strided(a));
        }
        boolean swapped = first instanceof Constant;
        Flow flow = flow(swapped ? 1 : 0);
        Constant constant = constant(swapped ? 0 : 1);
        if (at.operator().equals("Add") && flow.bias() && onlyReader(swapped ? 1 : 0)) {
            return biased(flow, floats(constant, flow.dims().getFirst()));
        } else if (swapped && (at.operator().equals("Sub") || at.operator().equals("Div"))) {
            throw wrong("has a constant as its first input, expected the network's values first");
        }
        return normalised(flow, channels(constant, flow));
    }

    private boolean onlyReader(int index) {
        return readers.getOrDefault(firstName(at.inputs().get(index)), 0) == 1;
    }

    private Constant computed(Constant a, Constant b) {
        int count = Math.max(a.numbers().length, b.numbers().length);
        if (a.numbers().length != count && a.numbers().length != 1
                || b.numbers().length != count && b.numbers().length != 1) {
            throw wrong("combines constants of shapes " + a.dims() + " and " + b.dims()
                    + ", expected the same or one number");
        }
        double[] result = new double[count];
        for (int i = 0; i < count; i++) {
            double x = a.numbers()[a.numbers().length == 1 ? 0 : i];
            double y = b.numbers()[b.numbers().length == 1 ? 0 : i];
            double exact = switch (at.operator()) {
                case "Add" -> x + y;
                case "Sub" -> x - y;
                case "Mul" -> x * y;
                default -> x / y;
            };
            result[i] = a.real() ? (float) exact : Math.rint(exact);
        }
        return new Constant(a.numbers().length == count ? a.dims() : b.dims(), result, a.real());
    }

    /** The numbers of a constant by channel, whose other dimensions have to have length 1. */
    private double[] channels(Constant constant, Flow flow) {
        int channel = flow.dims().size(); // dimensions behind the channel and it
        for (int d = 0; d < constant.dims().size(); d++) {
            boolean isChannel = flow.dims().size() == 3 && constant.dims().size() - d == channel;
            if (constant.dims().get(d) != 1 && !isChannel) {
                throw wrong(
                        "has a constant of shape " + constant.dims() + ", expected one number or one for each channel");
            }
        }
        return constant.numbers();
    }

    private Flow normalised(Flow flow, double[] numbers) {
        Affine before = flow.affine().orElse(new Affine(new double[] {0}, new double[] {1}));
        int count = Math.max(numbers.length, Math.max(before.means().length, before.deviations().length));
        double[] means = new double[count];
        double[] deviations = new double[count];
        for (int i = 0; i < count; i++) {
            double number = numbers[numbers.length == 1 ? 0 : i];
            double mean = before.means()[before.means().length == 1 ? 0 : i];
            double deviation = before.deviations()[before.deviations().length == 1 ? 0 : i];
            switch (at.operator()) {
                case "Sub" -> mean += number * deviation;
                case "Add" -> mean -= number * deviation;
                case "Div" -> deviation *= number;
                default -> deviation /= number;
            }
            if (!(deviation > 0) || Double.isInfinite(deviation)) {
                throw wrong("scales by " + number + ", expected a number above 0");
            }
            means[i] = mean;
            deviations[i] = deviation;
        }
        if (flow.pad() > 0) {
            throw wrong("shifts or scales padded images");
        }
        return new Flow(
                flow.node(), flow.dims(), 0, flow.stride(), Optional.of(new Affine(means, deviations)), false, false);
    }

    private Flow norm() {
        Flow from = flow(0);
        int channels = from.dims().getFirst();
        if (whole("training_mode", 0) != 0 || from.dims().size() == 2) {
            throw wrong(
                    "is in training mode or reads values of shape " + from.dims() + ", expected images or flat values");
        }
        float[] scale = floats(constant(1), channels);
        // Espalier's own files say so that a norm neither scales nor shifts.
        boolean affine = !at.inputs().get(1).endsWith(OnnxExport.ONES);
        String name = affine
                ? weightName("norm", 1)
                : name(at.inputs().get(1).substring(0, at.inputs().get(1).length() - OnnxExport.ONES.length()));
        float[] variance = floats(constant(4), channels);
        float epsilon = real("epsilon", 1e-5f);
        if (epsilon != (float) Operation.BatchNorm.EPSILON) {
            for (int i = 0; i < channels; i++) {
                variance[i] = (float) (variance[i] + (double) epsilon - Operation.BatchNorm.EPSILON);
            }
        }
        if (affine) {
            parameters.put(name + ".weight", scale);
            parameters.put(name + ".bias", floats(constant(2), channels));
        }
        parameters.put(name + ".running_mean", floats(constant(3), channels));
        parameters.put(name + ".running_var", variance);
        return add(name, new Operation.BatchNorm(channels, affine), List.of(settled(from)), strided(from));
    }

    private Flow pool() {
        Flow from = flow(0);
        int window = square("kernel_shape", wholes("kernel_shape", List.of()));
        int stride = square("strides", wholes("strides", List.of(1L)));
        int padding = padding(window);
        boolean most = at.operator().equals("MaxPool");
        if (whole("ceil_mode", 0) != 0 || square("dilations", wholes("dilations", List.of(1L))) != 1) {
            throw wrong("has ceil_mode or dilations, expected neither");
        }
        if (most && from.pad() > 0 || !most && padding > 0 && whole("count_include_pad", 0) == 0) {
            throw wrong("counts padding in a way that Espalier's pools do not: zeros in a mean, nothing in a maximum");
        }
        padding += from.pad();
        Operation pool = most
                ? new Operation.MaxPool(window, stride, padding)
                : new Operation.AveragePool(window, stride, padding);
        Flow images = new Flow(from.node(), from.dims(), 0, from.stride(), from.affine(), false, false);
        String name = plainName("pool");
        return add(name, pool, List.of(settled(images)), image(pool, name, images));
    }

    private Flow mean() {
        Flow from = flow(0);
        if (from.dims().size() != 3) {
            throw wrong("reads values of shape " + from.dims() + ", expected channels x rows x columns");
        }
        int channels = from.dims().getFirst();
        Flow given = node("mean", new Operation.GlobalAveragePool(), from, List.of(channels));
        return new Flow(given.node(), List.of(channels, 1, 1));
    }

    private Flow reduced() {
        List<Long> axes = has(1)
                ? java.util.Arrays.stream(constant(1).numbers())
                        .mapToObj(n -> (long) n)
                        .toList()
                : wholes("axes", List.of());
        List<Long> sorted =
                axes.stream().map(axis -> axis < 0 ? axis + 4 : axis).sorted().toList();
        if (!sorted.equals(List.of(2L, 3L))) {
            throw wrong("reduces dimensions " + axes + ", expected rows and columns");
        }
        Flow given = mean();
        return whole("keepdims", 1) == 1
                ? given
                : new Flow(given.node(), List.of(given.dims().getFirst()));
    }

    private Value flattened() {
        if (input(0) instanceof Constant constant) {
            return constant;
        } else if (whole("axis", 1) != 1) {
            throw wrong("has axis " + whole("axis", 1) + ", expected 1");
        }
        return flat(flow(0));
    }

    private Flow flat(Flow from) {
        int elements = strided(from).stream().reduce(1, Math::multiplyExact);
        if (from.dims().stream().filter(length -> length > 1).count() <= 1 && nodeIsFlat(from)) {
            return new Flow(
                    from.node(), List.of(elements), from.pad(), from.stride(), from.affine(), from.bias(), false);
        }
        return node("flatten", new Operation.Flatten(), from, List.of(elements));
    }

    /** Whether the node gives a flat value, whatever lengths of 1 ONNX has around it. */
    private boolean nodeIsFlat(Flow flow) {
        return flow.node().equals(Graph.INPUT)
                ? input.dimensions() == 1
                : nodes.stream()
                        .filter(node -> node.name().equals(flow.node()))
                        .anyMatch(node -> node.operation() instanceof Operation.Linear
                                || node.operation() instanceof Operation.GlobalAveragePool
                                || node.operation() instanceof Operation.Flatten);
    }

    private Value reshaped() {
        if (input(0) instanceof Constant constant) {
            return new Constant(
                    java.util.Arrays.stream(constant(1).numbers())
                            .mapToObj(n -> (long) n)
                            .toList(),
                    constant.numbers(),
                    constant.real());
        }
        Flow from = flow(0);
        double[] wanted = constant(1).numbers();
        int elements = from.dims().stream().reduce(1, Math::multiplyExact);
        if (wanted.length == 2) {
            // (batch, values), where the batch is 0, -1 or the number that the model was exported with.
            if (wanted[1] != -1
                    && wanted[1] != elements
                    && !(wanted[1] == 0 && from.dims().size() == 1)) {
                throw wrong("reshapes " + from.dims() + " to " + java.util.Arrays.toString(wanted) + ", expected "
                        + elements + " values of each example");
            }
            return flat(from);
        }
        if (wanted.length == 4 && from.node().equals(Graph.INPUT) && from.plain() && nodes.isEmpty()) {
            return inputAs(wanted, elements);
        } else if (wanted.length == 4
                && from.dims().size() == 3
                && wanted[1] == from.dims().get(0)
                && wanted[2] == from.dims().get(1)
                && wanted[3] == from.dims().get(2)) {
            return from;
        }
        throw wrong("reshapes " + from.dims() + " to " + java.util.Arrays.toString(wanted)
                + ", expected flat values, or images from the network's input");
    }

    /** The input was given flat and is an image. */
    private Flow inputAs(double[] wanted, int elements) {
        List<Integer> dims = new ArrayList<>();
        long known = 1;
        for (int d = 1; d < 4; d++) {
            known *= wanted[d] > 0 ? (long) Math.min(wanted[d], 1 << 24) : 1;
        }
        for (int d = 1; d < 4; d++) {
            dims.add((int) (wanted[d] > 0 ? Math.min(wanted[d], 1 << 24) : elements / Math.max(known, 1)));
        }
        Shape shape = new Shape(dims);
        if (shape.elements() != elements) {
            throw wrong("reshapes " + elements + " values to " + java.util.Arrays.toString(wanted));
        }
        input = shape;
        // The flat input stands for the image now; whatever else reads it flat gets a flatten.
        values.replaceAll((_, value) ->
                value instanceof Flow flow && flow.node().equals(Graph.INPUT) ? new Flow(Graph.INPUT, dims) : value);
        return new Flow(Graph.INPUT, dims);
    }

    private Value squeezed(Flow from) {
        long longer = from.dims().stream().filter(length -> length > 1).count();
        if (longer > 1 || !nodeIsFlat(from)) {
            throw wrong("changes the dimensions of values of shape " + from.dims() + ", expected flat values");
        }
        return flat(from);
    }

    private Value squeezed(Constant constant) {
        return new Constant(
                at.operator().equals("Squeeze") && constant.numbers().length == 1
                        ? List.of()
                        : List.of((long) constant.numbers().length),
                constant.numbers(),
                constant.real());
    }

    private Value transposed() {
        List<Long> order = wholes("perm", List.of());
        if (input(0) instanceof Constant matrix) {
            if (matrix.dims().size() != 2 || !order.isEmpty() && !order.equals(List.of(1L, 0L))) {
                throw wrong("transposes a constant of shape " + matrix.dims() + ", expected a matrix");
            }
            int rows = Math.toIntExact(matrix.dims().get(0));
            int columns = Math.toIntExact(matrix.dims().get(1));
            double[] turned = new double[matrix.numbers().length];
            for (int i = 0; i < turned.length; i++) {
                turned[i % columns * rows + i / columns] = matrix.numbers()[i];
            }
            return new Constant(List.of((long) columns, (long) rows), turned, matrix.real());
        }
        Flow from = flow(0);
        if (from.node().equals(Graph.INPUT)
                && from.plain()
                && nodes.isEmpty()
                && from.dims().size() == 3
                && order.equals(List.of(0L, 3L, 1L, 2L))) {
            List<Integer> dims =
                    List.of(from.dims().get(2), from.dims().get(0), from.dims().get(1));
            input = new Shape(dims);
            notes.add("the model reads images with channels last; Espalier gives them first, as it has them");
            // What reads the input itself would have other dimensions now.
            values.replaceAll(
                    (_, value) -> value instanceof Flow flow && flow.node().equals(Graph.INPUT)
                            ? new Flow(Graph.INPUT, dims, 0, 1, Optional.empty(), false, true)
                            : value);
            return new Flow(Graph.INPUT, dims);
        }
        throw wrong("reorders dimensions as " + order + ", expected channels first of the network's input only");
    }

    private Flow padded() {
        Flow from = flow(0);
        List<Long> pads = has(1)
                ? java.util.Arrays.stream(constant(1).numbers())
                        .mapToObj(n -> (long) n)
                        .toList()
                : wholes("pads", List.of());
        double value = has(2) ? constant(2).numbers().length == 1 ? constant(2).numbers()[0] : 1 : real("value", 0);
        if (!text("mode", "constant").equals("constant")
                || value != 0
                || from.dims().size() != 3
                || pads.size() != 8) {
            throw wrong("pads by " + pads + " with mode " + text("mode", "constant") + " and value " + value
                    + ", expected zeros around images");
        }
        if (pads.get(0) == 0 && pads.get(4) == 0 && pads.get(1) == 0 && pads.get(5) == 0) {
            int pad = square("pads", List.of(pads.get(2), pads.get(3), pads.get(6), pads.get(7)));
            if (pad < 0 || pad > 64 || from.affine().isPresent() && pad > 0) {
                throw wrong("pads by " + pad + " zeros, expected 0 to 64, before images are normalised or not at all");
            }
            return new Flow(from.node(), from.dims(), from.pad() + pad, from.stride(), from.affine(), false, false);
        }
        if (pads.get(0) != 0
                || pads.get(4) != 0
                || pads.get(2) != 0
                || pads.get(3) != 0
                || pads.get(6) != 0
                || pads.get(7) != 0
                || from.pad() > 0) {
            throw wrong("pads by " + pads + ", expected rows and columns, or channels");
        }
        Operation shortcut =
                new Operation.PadChannels(from.stride(), Math.toIntExact(pads.get(1)), Math.toIntExact(pads.get(5)));
        Flow whole = new Flow(from.node(), from.dims(), 0, 1, from.affine(), false, false);
        String name = plainName("shortcut");
        return add(name, shortcut, List.of(settled(whole)), image(shortcut, name, whole));
    }

    private Value sliced() {
        double[] starts = has(1) ? constant(1).numbers() : doubles("starts");
        double[] ends = has(2) ? constant(2).numbers() : doubles("ends");
        double[] axes =
                has(3) ? constant(3).numbers() : at.attributes().containsKey("axes") ? doubles("axes") : upTo(starts);
        double[] steps = has(4) ? constant(4).numbers() : new double[0];
        if (input(0) instanceof Constant constant) {
            if (constant.dims().size() != 1
                    || starts.length != 1
                    || steps.length > 0 && steps[0] != 1
                    || ends.length != 1) {
                throw wrong("cuts a constant of shape " + constant.dims() + ", expected a vector");
            }
            int length = constant.numbers().length;
            int from = place(starts[0], length);
            int to = Math.max(from, place(ends[0], length));
            return new Constant(
                    List.of((long) (to - from)),
                    java.util.Arrays.copyOfRange(constant.numbers(), from, to),
                    constant.real());
        }
        Flow flow = flow(0);
        int[] stride = {1, 1};
        for (int i = 0; i < axes.length; i++) {
            int axis = (int) (axes[i] < 0 ? axes[i] + 4 : axes[i]);
            boolean whole = i < starts.length
                    && i < ends.length
                    && flow.dims().size() == 3
                    && axis >= 2
                    && axis <= 3
                    && starts[i] == 0
                    && ends[i] >= flow.dims().get(axis - 1);
            if (!whole || flow.pad() > 0 || i < steps.length && !(steps[i] >= 1 && steps[i] <= 64)) {
                throw wrong("cuts a part of the network's values, expected every n-th row and column");
            }
            stride[axis - 2] = i < steps.length ? (int) steps[i] : 1;
        }
        if (stride[0] != stride[1] || flow.stride() != 1) {
            throw wrong("takes every " + stride[0] + "th row and every " + stride[1] + "th column, expected the same");
        }
        return new Flow(flow.node(), flow.dims(), 0, stride[0], flow.affine(), false, false);
    }

    private static double[] upTo(double[] starts) {
        double[] axes = new double[starts.length];
        for (int i = 0; i < axes.length; i++) {
            axes[i] = i;
        }
        return axes;
    }

    private double[] doubles(String name) {
        return wholes(name, List.of()).stream().mapToDouble(Long::doubleValue).toArray();
    }

    private static int place(double index, int length) {
        return (int) Math.max(0, Math.min(length, index < 0 ? index + length : index));
    }

    private Constant shape() {
        Flow flow = flow(0);
        double[] lengths = new double[flow.dims().size() + 1]; // the batch's is 0, which a Reshape keeps
        List<Integer> dims = strided(flow);
        for (int d = 0; d < dims.size(); d++) {
            lengths[d + 1] = dims.get(d);
        }
        return new Constant(List.of((long) lengths.length), lengths, false);
    }

    private static List<Integer> strided(Flow flow) {
        if (flow.dims().size() != 3) {
            return flow.dims();
        }
        List<Integer> dims = new ArrayList<>(List.of(flow.dims().getFirst()));
        for (int d = 1; d < 3; d++) {
            dims.add((flow.dims().get(d) + flow.stride() - 1) / flow.stride() + 2 * flow.pad());
        }
        return dims;
    }

    private Constant gathered() {
        Constant from = constant(0);
        Constant index = constant(1);
        if (from.dims().size() != 1 || index.numbers().length != 1 || whole("axis", 0) != 0) {
            throw wrong("takes parts of a constant of shape " + from.dims() + ", expected one number of a vector");
        }
        int length = from.numbers().length;
        double i = index.numbers()[0] < 0 ? index.numbers()[0] + length : index.numbers()[0];
        if (i < 0 || i >= length) {
            throw wrong("takes number " + index.numbers()[0] + " of " + length);
        }
        return new Constant(index.dims(), new double[] {from.numbers()[(int) i]}, from.real());
    }

    private Constant joined() {
        List<Double> numbers = new ArrayList<>();
        boolean real = false;
        for (int i = 0; i < at.inputs().size(); i++) {
            Constant part = constant(i);
            if (part.dims().size() > 1 || numbers.size() + part.numbers().length > 1 << 10) {
                throw wrong("joins constants of shape " + part.dims() + ", expected vectors of sizes");
            }
            for (double number : part.numbers()) {
                numbers.add(number);
            }
            real |= part.real();
        }
        return new Constant(
                List.of((long) numbers.size()),
                numbers.stream().mapToDouble(Double::doubleValue).toArray(),
                real);
    }

    private Flow softmax() {
        Flow from = flow(0);
        notes.add("the last " + at.operator() + " is left out: Espalier works on logits");
        return new Flow(from.node(), from.dims(), from.pad(), from.stride(), from.affine(), false, true);
    }
}
