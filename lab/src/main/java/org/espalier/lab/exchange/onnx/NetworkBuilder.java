package org.espalier.lab.exchange.onnx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.UserException;
import org.espalier.lab.exchange.onnx.OnnxValue.Affine;
import org.espalier.lab.exchange.onnx.OnnxValue.Flow;
import org.espalier.network.Graph;
import org.espalier.network.Operation;
import org.espalier.network.Shape;

/** The network that is made while an ONNX graph is read: nodes with their names, parameters, and notes for the user. */
final class NetworkBuilder {
    private final NodeReader reader;
    private final String source;
    private final boolean ours;
    private final Optional<Shape> image;
    private final List<Graph.Node> nodes = new ArrayList<>();
    private final Map<String, float[]> parameters = new HashMap<>();
    private final List<String> notes = new ArrayList<>();
    private final Map<String, Integer> counts = new HashMap<>();
    private Shape input = Shape.of(1);

    /**
     * A builder of a network without nodes.
     *
     * @param ours whether Espalier wrote the model, so that names of values are those of its nodes
     * @param image shape of the network's images, if known
     * @param source the file, for messages
     */
    NetworkBuilder(NodeReader reader, boolean ours, Optional<Shape> image, String source) {
        this.reader = reader;
        this.ours = ours;
        this.image = image;
        this.source = source;
    }

    void input(Shape shape) {
        input = shape;
    }

    boolean empty() {
        return nodes.isEmpty();
    }

    void note(String sentence) {
        notes.add(sentence);
    }

    void parameter(String name, float[] values) {
        parameters.put(name, values);
    }

    /** What was read, with the nodes that the last one needs: a softmax or an unused branch may leave others. */
    OnnxImport.Read read(String last) {
        List<String> wanted = new ArrayList<>(List.of(last));
        List<Graph.Node> needed = new ArrayList<>();
        for (int n = nodes.size() - 1; n >= 0; n--) {
            if (wanted.contains(nodes.get(n).name())) {
                needed.addFirst(nodes.get(n));
                wanted.addAll(nodes.get(n).inputs());
            }
        }
        return new OnnxImport.Read(new Graph(input, needed, last), parameters, notes);
    }

    /** Whether a node gives a flat value, whatever lengths of 1 ONNX has around it. */
    boolean flat(Flow flow) {
        return flow.input()
                ? input.dimensions() == 1
                : nodes.stream()
                        .filter(node -> node.name().equals(flow.node()))
                        .anyMatch(node -> node.operation() instanceof Operation.Linear
                                || node.operation() instanceof Operation.GlobalAveragePool
                                || node.operation() instanceof Operation.Flatten);
    }

    // Names.

    /** A new name: the word, or the word and a number. */
    String name(String word) {
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

    private String numbered(String word) {
        return name(word + counts.merge(word, 1, Integer::sum));
    }

    /** A name for a layer with weights: that of its tensors, without {@code .weight}, if they have one. */
    String weightName(String word, int index) {
        String tensor = reader.at().inputs().get(index);
        return tensor.endsWith(".weight") && tensor.length() > 7
                ? name(tensor.substring(0, tensor.length() - 7))
                : plainName(word);
    }

    /** A name for a layer without tensors: Espalier's own files have it as the name of the value. */
    String plainName(String word) {
        String output = reader.at().outputs().getFirst();
        if (ours && output.matches("[A-Za-z0-9._-]+")) {
            // A global mean is written as two operators, of which the second has the layer's name.
            boolean mean = reader.operator().equals("GlobalAveragePool") && output.endsWith(OnnxExport.IMAGE);
            return name(mean ? output.substring(0, output.length() - OnnxExport.IMAGE.length()) : output);
        }
        return numbered(word);
    }

    // Nodes.

    /** Adds a node on the values of another. */
    Flow node(String word, Operation operation, Flow from, List<Integer> dims) {
        return add(plainName(word), operation, List.of(settled(from)), dims);
    }

    /** Adds a node on images. */
    Flow onImages(String name, Operation operation, Flow from) {
        return add(name, operation, List.of(settled(from)), imageDims(operation, name, from));
    }

    Flow add(String name, Operation operation, List<String> inputs, List<Integer> dims) {
        nodes.add(new Graph.Node(name, operation, inputs));
        return new Flow(name, dims);
    }

    /** Rows and columns after an operation on images. */
    private List<Integer> imageDims(Operation operation, String name, Flow from) {
        if (!from.images()) {
            throw reader.wrong("reads values of shape " + from.dims() + ", expected channels x rows x columns");
        }
        Shape shape = Shape.of(from.dims().getFirst(), from.strided(1), from.strided(2));
        return operation
                .output(name, List.of(new Operation.Source(from.node(), shape)))
                .sizes();
    }

    /** Gives a linear layer a bias. */
    Flow biased(Flow flow, float[] bias) {
        for (int n = 0; n < nodes.size(); n++) {
            Graph.Node node = nodes.get(n);
            if (node.name().equals(flow.node()) && node.operation() instanceof Operation.Linear linear) {
                Operation with = new Operation.Linear(linear.inputs(), linear.outputs(), true);
                nodes.set(n, new Graph.Node(node.name(), with, node.inputs()));
                parameters.put(node.name() + ".bias", bias);
            }
        }
        return new Flow(flow.node(), flow.dims());
    }

    /** The node that gives these values when all that is pending has been done, by nodes of its own. */
    String settled(Flow flow) {
        if (flow.pad() > 0) {
            throw new UserException(
                    source + " pads images before " + reader.at() + ", expected a convolution or a pool to read them");
        }
        String node = flow.node();
        if (flow.affine().isPresent()) {
            node = normalised(flow, flow.affine().get());
        }
        if (flow.stride() > 1) {
            String name = numbered("stride");
            nodes.add(new Graph.Node(name, new Operation.PadChannels(flow.stride(), 0, 0), List.of(node)));
            node = name;
        }
        return node;
    }

    private String normalised(Flow flow, Affine affine) {
        boolean flat = !flow.images();
        if (flat) {
            inputIsImage(flow);
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
        String name = nodes.isEmpty() ? name("normalise") : numbered("normalise");
        nodes.add(new Graph.Node(name, operation, List.of(flow.node())));
        if (flow.input()) {
            note("the graph normalises pixels x as (x - mean) / deviation with means " + means + " and deviations "
                    + deviations);
        }
        if (flat) {
            String flatten = name("flatten");
            nodes.add(new Graph.Node(flatten, new Operation.Flatten(), List.of(name)));
            return flatten;
        }
        return name;
    }

    /** Flat values that are normalised have to be the input, which then is an image of known shape. */
    private void inputIsImage(Flow flow) {
        if (!flow.input()) {
            throw new UserException(source + " shifts or scales flat values before " + reader.at()
                    + ", expected that of images or of the input only");
        } else if (image.isEmpty()) {
            throw new UserException(source + " normalises " + input
                    + " values without a shape: give the shape of its images with --input, e.g. --input 1x28x28");
        }
        Shape shape = image.get();
        if (shape.elements() != input.elements()) {
            throw new UserException(source + " reads " + input + " values, expected those of an image of " + shape);
        }
        input = shape;
    }

    private List<Float> spread(double[] numbers, int channels) {
        if (numbers.length != 1 && numbers.length != channels) {
            throw new UserException(source + " shifts or scales " + numbers.length + " channels before " + reader.at()
                    + ", expected " + channels);
        }
        List<Float> spread = new ArrayList<>();
        for (int channel = 0; channel < channels; channel++) {
            spread.add((float) OnnxValue.at(numbers, channel));
        }
        return spread;
    }
}
