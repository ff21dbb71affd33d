package org.espalier.lab.exchange.onnx;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.espalier.UserException;
import org.espalier.lab.exchange.onnx.OnnxValue.Constant;
import org.espalier.lab.exchange.onnx.OnnxValue.Flow;

/** The node of an ONNX graph that is being read: its inputs, its attributes, and messages that name it. */
final class NodeReader {
    /** Operators that give the value that they read. */
    private static final Set<String> SAME = Set.of("Identity", "Dropout", "Cast");

    private static final OnnxModel.Node NONE = new OnnxModel.Node("", "", "", List.of(), List.of(), Map.of());

    private final OnnxModel model;
    private final String source;
    private final Map<String, OnnxValue> values = new HashMap<>();
    private final Map<String, String> aliases = new HashMap<>(); // a name of the same value that came earlier
    private final Map<String, Integer> readers = new HashMap<>(); // by a value's first name; the output counts as one
    private OnnxModel.Node at = NONE;

    /**
     * A reader before the first node.
     *
     * @param source the file, for messages
     */
    NodeReader(OnnxModel model, String source) {
        this.model = model;
        this.source = source;
        countReaders(model.graph());
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

    /** Whether nothing else reads an input of the node under any name. */
    boolean onlyReader(int index) {
        return readers.getOrDefault(firstName(at.inputs().get(index)), 0) == 1;
    }

    /** Goes to a node. */
    void begin(OnnxModel.Node node) {
        at = node;
        if (!node.domain().isEmpty() && !node.domain().equals("ai.onnx")) {
            throw unknown();
        }
        if (node.outputs().isEmpty()) {
            throw wrong("gives nothing");
        }
    }

    /** Keeps what the node gives. */
    void give(OnnxValue value) {
        String name = at.outputs().getFirst();
        if (values.put(name, value) != null || model.graph().initializers().containsKey(name)) {
            throw wrong("gives value " + name + ", which is there already");
        }
    }

    /** Leaves the last node. */
    void end() {
        at = NONE;
    }

    /** What a name of the graph stands for, if a node has given it. */
    Optional<OnnxValue> value(String name) {
        return Optional.ofNullable(values.get(name));
    }

    /** Keeps the network's input. */
    void input(String name, Flow flow) {
        values.put(name, flow);
    }

    /** Changes what stands for the network's input, because the graph has shown what it is. */
    void changeInput(Flow input) {
        values.replaceAll((_, value) -> value instanceof Flow flow && flow.input() ? input : value);
    }

    // Messages.

    UserException unknown() {
        return new UserException(source + " has operator " + (at.domain().isEmpty() ? "" : at.domain() + ".") + at
                + ", expected " + OnnxImport.OPERATORS);
    }

    /** Says what is wrong with the node. */
    UserException wrong(String problem) {
        return new UserException(source + ": " + at + " " + problem);
    }

    /** The node, as messages name it; of no characters outside of nodes. */
    String label() {
        return at.operator().isEmpty() ? "" : at + ": ";
    }

    /** The node, as sentences have it. */
    OnnxModel.Node at() {
        return at;
    }

    String operator() {
        return at.operator();
    }

    // Inputs.

    OnnxValue input(int index) {
        String name = index < at.inputs().size() ? at.inputs().get(index) : "";
        if (name.isEmpty()) {
            // An empty name stands for an input that is left out, even where a file gives a tensor this name.
            throw wrong("has no input " + index);
        }
        OnnxValue value = values.get(name);
        OnnxModel.Tensor tensor = model.graph().initializers().get(name);
        if (value == null && tensor != null) {
            value = Constant.of(tensor);
        }
        if (value == null) {
            throw wrong("reads value \"" + name + "\" before it is computed: expected nodes in order, without cycles");
        }
        return value;
    }

    boolean has(int index) {
        return index < at.inputs().size() && !at.inputs().get(index).isEmpty();
    }

    Flow flow(int index) {
        if (input(index) instanceof Flow flow) {
            if (flow.last()) {
                throw wrong("reads a softmax, expected that at the end only");
            }
            return flow;
        }
        throw wrong("has a constant as input " + index + ", expected values that depend on the network's input");
    }

    Constant constant(int index) {
        if (input(index) instanceof Constant constant) {
            return constant;
        }
        throw wrong("has input " + index + " that depends on the network's input, expected a constant");
    }

    /** Whole numbers that newer operators have as an input and older ones as an attribute. */
    List<Long> wholes(int index, String attribute) {
        return has(index) ? constant(index).wholes() : wholes(attribute, List.of());
    }

    /** Numbers that newer operators have as an input and older ones as an attribute. */
    double[] numbers(int index, String attribute) {
        return has(index)
                ? constant(index).numbers()
                : wholes(attribute, List.of()).stream()
                        .mapToDouble(Long::doubleValue)
                        .toArray();
    }

    /** Numbers of a vector, or one number for all. */
    float[] floats(int index, int count) {
        double[] numbers = constant(index).numbers();
        if (numbers.length != 1 && numbers.length != count) {
            throw wrong("has a vector of " + numbers.length + " numbers, expected " + count);
        }
        float[] floats = new float[count];
        for (int i = 0; i < count; i++) {
            floats[i] = (float) OnnxValue.at(numbers, i);
        }
        return floats;
    }

    // Attributes.

    boolean hasAttribute(String name) {
        return at.attributes().containsKey(name);
    }

    long whole(String name, long usual) {
        OnnxModel.Attribute found = at.attributes().get(name);
        return found == null || found.wholes().isEmpty()
                ? usual
                : found.wholes().getFirst();
    }

    List<Long> wholes(String name, List<Long> usual) {
        OnnxModel.Attribute found = at.attributes().get(name);
        return found == null ? usual : found.wholes();
    }

    float real(String name, float usual) {
        OnnxModel.Attribute found = at.attributes().get(name);
        return found == null ? usual : found.real();
    }

    String text(String name, String usual) {
        OnnxModel.Attribute found = at.attributes().get(name);
        return found == null ? usual : found.text();
    }

    /** The one number of an attribute that has the same number for rows and columns. */
    int square(String name, List<Long> usual) {
        return same(name, wholes(name, usual));
    }

    /** The one number of a list that has the same number for rows and columns. */
    int same(String name, List<Long> list) {
        if (list.isEmpty() || list.stream().distinct().count() != 1) {
            throw wrong("has " + name + " " + list + ", expected the same for rows and columns and on all sides");
        }
        return Math.toIntExact(list.getFirst());
    }
}
