package org.espalier.lab.store;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.espalier.UserException;
import org.espalier.lab.file.Json;
import org.espalier.network.Architecture;
import org.espalier.network.Graph;
import org.espalier.network.Operation;
import org.espalier.network.Shape;
import tools.jackson.databind.JsonNode;

/**
 * The member {@code network} of {@code level.json}: {@code {"kind": "fully-connected", "widths": [784, 300, 10], "biases":
 * false}}, or for every other network {@code {"kind": "graph", "input": [1, 28, 28], "layers": [...], "output": "fc2"}}, where a
 * layer is {@code {"name": "conv1", "operation": "conv2d", "reads": ["input"], "settings": {...}}}. Settings have the names of
 * the operation's. Levels written before the member existed have widths and biases in {@code determined-by}.
 */
public final class NetworkDescription {
    private static final String FULLY_CONNECTED = "fully-connected";
    private static final String GRAPH = "graph";

    static final Map<String, Class<? extends Operation>> OPERATIONS = new LinkedHashMap<>();

    static {
        OPERATIONS.put("linear", Operation.Linear.class);
        OPERATIONS.put("conv2d", Operation.Conv2d.class);
        OPERATIONS.put("batch-norm", Operation.BatchNorm.class);
        OPERATIONS.put("relu", Operation.Relu.class);
        OPERATIONS.put("max-pool", Operation.MaxPool.class);
        OPERATIONS.put("average-pool", Operation.AveragePool.class);
        OPERATIONS.put("global-average-pool", Operation.GlobalAveragePool.class);
        OPERATIONS.put("add", Operation.Add.class);
        OPERATIONS.put("pad-channels", Operation.PadChannels.class);
        OPERATIONS.put("flatten", Operation.Flatten.class);
        OPERATIONS.put("normalise", Operation.Normalise.class);
    }

    private NetworkDescription() {}

    /** A network as maps, lists, strings, numbers and truth values; it enters the keys of levels. */
    public static Map<String, Object> write(Architecture architecture) {
        Map<String, Object> network = new LinkedHashMap<>();
        if (architecture.fullyConnected().isPresent()) {
            network.put("kind", FULLY_CONNECTED);
            network.put("widths", architecture.fullyConnected().get().widths());
            network.put("biases", architecture.fullyConnected().get().biases());
            return network;
        }
        Graph graph = architecture.graph();
        List<Object> layers = new ArrayList<>();
        for (Graph.Node node : graph.nodes()) {
            Map<String, Object> layer = new LinkedHashMap<>();
            layer.put("name", node.name());
            layer.put("operation", name(node.operation()));
            layer.put("reads", node.inputs());
            layer.put("settings", settings(node.operation()));
            layers.add(layer);
        }
        network.put("kind", GRAPH);
        network.put("input", graph.input().sizes());
        network.put("layers", layers);
        network.put("output", graph.output());
        return network;
    }

    private static String name(Operation operation) {
        return OPERATIONS.entrySet().stream()
                .filter(entry -> entry.getValue() == operation.getClass())
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("operation " + operation + " has no name in files"));
    }

    private static Map<String, Object> settings(Operation operation) {
        Map<String, Object> settings = new LinkedHashMap<>();
        for (RecordComponent component : operation.getClass().getRecordComponents()) {
            try {
                Object value = component.getAccessor().invoke(operation);
                settings.put(component.getName(), value instanceof List<?> list ? decimals(list) : value);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }
        return settings;
    }

    /** Floats as the shortest decimals that are them. */
    private static List<Double> decimals(List<?> floats) {
        return floats.stream()
                .map(value -> Double.parseDouble(value.toString()))
                .toList();
    }

    /**
     * Reads the network of a level.
     *
     * @param level content of its {@code level.json}
     * @param source the file, for messages
     * @throws UserException if the description is missing or damaged, or of a kind that this version does not know
     */
    static Architecture read(JsonNode level, String source) {
        if (level.path("network").isMissingNode()) {
            return widths(Json.object(Json.object(level, "determined-by", source), "network", source), source);
        }
        return network(Json.object(level, "network", source), source);
    }

    /**
     * Reads what {@link #write} made.
     *
     * @throws UserException if it is damaged, or of a kind that this version does not know
     */
    static Architecture network(JsonNode network, String source) {
        String kind = Json.string(network, "kind", source);
        return switch (kind) {
            case FULLY_CONNECTED -> widths(network, source);
            case GRAPH -> graph(network, source);
            default ->
                throw new UserException(source + ": network.kind is \"" + kind + "\", expected \"" + FULLY_CONNECTED
                        + "\" or \"" + GRAPH + "\"");
        };
    }

    private static Architecture widths(JsonNode network, String source) {
        try {
            return new Architecture(
                    counts(network, "widths", source), network.has("biases") && Json.truth(network, "biases", source));
        } catch (IllegalArgumentException e) {
            throw new UserException(source + " is damaged: " + e.getMessage(), e);
        }
    }

    private static Architecture graph(JsonNode network, String source) {
        try {
            List<Graph.Node> nodes = new ArrayList<>();
            for (JsonNode layer : Json.list(network, "layers", source)) {
                String name = Json.string(layer, "name", source);
                nodes.add(new Graph.Node(name, operation(layer, name, source), Json.strings(layer, "reads", source)));
            }
            return new Architecture(new Graph(
                    new Shape(counts(network, "input", source)), nodes, Json.string(network, "output", source)));
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new UserException(source + " is damaged: " + e.getMessage(), e);
        }
    }

    private static Operation operation(JsonNode layer, String name, String source) {
        String kind = Json.string(layer, "operation", source);
        Class<? extends Operation> operation = OPERATIONS.get(kind);
        if (operation == null) {
            throw new UserException(source + ": operation of layer " + name + " is \"" + kind + "\", expected one of "
                    + String.join(", ", OPERATIONS.keySet()));
        }
        JsonNode settings = Json.object(layer, "settings", source);
        RecordComponent[] components = operation.getRecordComponents();
        Object[] values = Arrays.stream(components)
                .map(component -> setting(settings, component, source))
                .toArray();
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            return operation.getDeclaredConstructor(types).newInstance(values);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IllegalArgumentException problem) {
                throw new UserException(source + " is damaged: layer " + name + ": " + problem.getMessage(), e);
            }
            throw new IllegalStateException(e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Object setting(JsonNode settings, RecordComponent component, String source) {
        if (component.getType() == int.class) {
            return Json.whole(settings, component.getName(), source);
        } else if (component.getType() == boolean.class) {
            return Json.truth(settings, component.getName(), source);
        }
        return Json.doubles(settings, component.getName(), source).stream()
                .map(Double::floatValue)
                .toList();
    }

    /** A list of whole numbers, at least 0. */
    static List<Integer> counts(JsonNode object, String name, String source) {
        List<Integer> counts = new ArrayList<>();
        for (JsonNode count : Json.list(object, name, source)) {
            if (!count.isIntegralNumber() || !count.canConvertToInt() || count.intValue() < 0) {
                throw new UserException(source + " is damaged: " + name + " holds " + count);
            }
            counts.add(count.intValue());
        }
        if (counts.isEmpty()) {
            throw new UserException(source + " is damaged: " + name + " is missing");
        }
        return counts;
    }
}
