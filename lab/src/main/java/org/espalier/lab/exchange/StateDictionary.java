package org.espalier.lab.exchange;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.espalier.UserException;
import org.espalier.lab.exchange.tensor.ForeignTensor;
import org.espalier.lab.experiment.Names;
import org.espalier.network.Architecture;
import org.espalier.network.Graph;
import org.espalier.network.Operation;
import org.espalier.network.Parameter;
import org.espalier.network.Weights;

/**
 * Tensors with PyTorch's names, as the parameters of a network. Names that all begin with {@code module.}, {@code model.} or
 * {@code _orig_mod.} lose it, {@code num_batches_tracked} is left out, and {@code weight_orig} with {@code weight_mask} of {@code
 * torch.nn.utils.prune} become a weight.
 */
final class StateDictionary {
    private static final List<String> PREFIXES = List.of("module.", "model.", "_orig_mod.", "net.");
    private static final String COUNTER = "num_batches_tracked";
    private static final String ORIGINAL = "_orig";
    private static final String MASK = "_mask";

    /** Tensors of one module: its name, and the tensors by what follows the last dot. */
    private record Module(String name, Map<String, ForeignTensor> tensors) {
        Optional<List<Integer>> shape(String what) {
            return Optional.ofNullable(tensors.get(what)).map(ForeignTensor::shape);
        }

        @Override
        public String toString() {
            return tensors.values().stream().map(ForeignTensor::toString).collect(Collectors.joining(", "));
        }
    }

    private final String source;
    private final List<Module> modules = new ArrayList<>();

    /**
     * The tensors of a file.
     *
     * @throws UserException if a name is given twice, or a mask does not fit its weights
     */
    StateDictionary(Map<String, ForeignTensor> tensors, String source) {
        this.source = source;
        Map<String, Module> byName = new LinkedHashMap<>();
        withoutPrefix(merged(tensors)).forEach((name, tensor) -> {
            int dot = name.lastIndexOf('.');
            String module = dot < 0 ? "" : name.substring(0, dot);
            String what = name.substring(dot + 1);
            if (!what.equals(COUNTER)) {
                Objects.requireNonNull(byName.computeIfAbsent(module, key -> new Module(key, new LinkedHashMap<>())))
                        .tensors()
                        .put(what, tensor);
            }
        });
        modules.addAll(byName.values());
        if (modules.isEmpty()) {
            throw new UserException(source + " has no tensors, expected those of a network");
        }
    }

    private Map<String, ForeignTensor> merged(Map<String, ForeignTensor> tensors) {
        Map<String, ForeignTensor> merged = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> {
            if (name.endsWith(MASK) && tensors.containsKey(cut(name, MASK) + ORIGINAL)) {
                return;
            }
            ForeignTensor mask = name.endsWith(ORIGINAL) ? tensors.get(cut(name, ORIGINAL) + MASK) : null;
            if (mask == null) {
                merged.put(name, tensor);
                return;
            }
            if (!mask.shape().equals(tensor.shape())) {
                throw new UserException(source + " has tensor " + mask + ", expected the shape of " + tensor);
            }
            String whole = cut(name, ORIGINAL);
            merged.put(whole, new ForeignTensor(whole, tensor.shape(), true, () -> masked(tensor, mask)));
        });
        return merged;
    }

    private static String cut(String name, String end) {
        return name.substring(0, name.length() - end.length());
    }

    private static float[] masked(ForeignTensor tensor, ForeignTensor mask) {
        float[] values = tensor.values().clone();
        float[] kept = mask.values();
        for (int i = 0; i < values.length; i++) {
            values[i] = kept[i] == 0 ? 0f : values[i];
        }
        return values;
    }

    private static Map<String, ForeignTensor> withoutPrefix(Map<String, ForeignTensor> tensors) {
        for (String prefix : PREFIXES) {
            if (!tensors.isEmpty() && tensors.keySet().stream().allMatch(name -> name.startsWith(prefix))) {
                Map<String, ForeignTensor> shorter = new LinkedHashMap<>();
                tensors.forEach((name, tensor) -> {
                    String rest = name.substring(prefix.length());
                    shorter.put(rest, tensor.named(rest));
                });
                return withoutPrefix(shorter);
            }
        }
        return tensors;
    }

    /** Values of the last layer's output, if the last module is a layer with weights. */
    Optional<Integer> outputs() {
        return modules.getLast()
                .shape("weight")
                .filter(shape -> shape.size() >= 2)
                .map(List::getFirst);
    }

    /**
     * The fully connected network that the tensors are, if every module is a linear layer and each reads the one before. Nothing in
     * the file says that ReLU stands between them.
     */
    Optional<ForeignNetwork> fullyConnected() {
        List<Integer> widths = new ArrayList<>();
        boolean biases = false;
        for (Module module : modules) {
            List<Integer> shape = module.shape("weight").orElse(List.of());
            if (shape.size() != 2
                    || shape.contains(0)
                    || !widths.isEmpty() && !widths.getLast().equals(shape.get(1))
                    || module.tensors().size() > 2
                    || module.tensors().size() == 2
                            && !module.shape("bias").equals(Optional.of(List.of(shape.getFirst())))) {
                return Optional.empty();
            }
            if (widths.isEmpty()) {
                widths.add(shape.get(1));
            }
            widths.add(shape.get(0));
            biases |= module.tensors().size() == 2;
        }
        Weights weights = new Weights(new Architecture(widths, biases));
        for (int layer = 0; layer < modules.size(); layer++) {
            fill(weights.matrix(layer), modules.get(layer).tensors().get("weight"));
            fill(weights.biases(layer), modules.get(layer).tensors().get("bias"));
        }
        return Optional.of(new ForeignNetwork(
                weights,
                List.of("the file has linear layers only and does not say what stands between them: ReLU is assumed")));
    }

    /**
     * The tensors as the parameters of a network: by name where all names are the network's, and otherwise in order, each layer with
     * the first module left of its shapes. Biases are where the file has them.
     *
     * @param unused whether modules may be left over
     * @throws UserException if a layer finds no module, or modules are left over; the message names them
     */
    ForeignNetwork in(Graph graph, boolean unused) {
        List<Module> left = new ArrayList<>(modules);
        Map<String, Module> chosen = new LinkedHashMap<>(); // by node
        boolean named = match(graph, left, chosen);
        if (!left.isEmpty() && !unused) {
            throw new UserException(source + " has tensors that the network does not use: "
                    + left.stream().map(Module::toString).collect(Collectors.joining(", "))
                    + "; --allow-unused leaves them out");
        }
        Weights weights = new Weights(new Architecture(withBiases(graph, chosen)));
        List<String> notes = new ArrayList<>();
        chosen.forEach((node, module) -> {
            for (Parameter parameter : weights.graph().parameters()) {
                if (parameter.node().equals(node)) {
                    fill(weights.values(parameter.name()), module.tensors().get(what(parameter)));
                }
            }
        });
        if (!named) {
            notes.add("layers take the file's tensors in order: "
                    + chosen.entrySet().stream()
                            .map(entry ->
                                    entry.getKey() + " from " + entry.getValue().name())
                            .collect(Collectors.joining(", ")));
        }
        if (!left.isEmpty()) {
            notes.add("left out: " + left.stream().map(Module::toString).collect(Collectors.joining(", ")));
        }
        return new ForeignNetwork(weights, notes);
    }

    /** Chooses a module for each layer, takes it out of those that are left, and says whether all have the layers' names. */
    private boolean match(Graph graph, List<Module> left, Map<String, Module> chosen) {
        List<Graph.Node> nodes = graph.nodes().stream()
                .filter(node -> !node.operation().parameters(node.name()).isEmpty())
                .toList();
        boolean named = nodes.stream()
                .allMatch(node -> left.stream().anyMatch(module -> module.name().equals(node.name())));
        for (Graph.Node node : nodes) {
            Module module = left.stream()
                    .filter(each -> (!named || each.name().equals(node.name())) && fits(each, node))
                    .findFirst()
                    .orElseThrow(() -> missing(node, left));
            left.remove(module);
            chosen.put(node.name(), module);
        }
        return named;
    }

    private static String what(Parameter parameter) {
        return parameter.name().substring(parameter.node().length() + 1);
    }

    /** Whether a module has a node's parameters in their shapes and no other; a bias may be there or not. */
    private static boolean fits(Module module, Graph.Node node) {
        boolean free = node.operation() instanceof Operation.Linear || node.operation() instanceof Operation.Conv2d;
        int found = 0;
        for (Parameter parameter : withBias(node).operation().parameters(node.name())) {
            Optional<List<Integer>> shape = module.shape(what(parameter));
            if (shape.isPresent()) {
                found++;
            } else if (!free || parameter.role() != Parameter.Role.BIAS) {
                return false;
            }
            if (shape.isPresent() && !shape.get().equals(parameter.shape().sizes())) {
                return false;
            }
        }
        return found == module.tensors().size();
    }

    private static Graph.Node withBias(Graph.Node node) {
        return withBias(node, true);
    }

    private static Graph.Node withBias(Graph.Node node, boolean bias) {
        Operation operation = switch (node.operation()) {
            case Operation.Linear linear -> new Operation.Linear(linear.inputs(), linear.outputs(), bias);
            case Operation.Conv2d conv ->
                new Operation.Conv2d(conv.inputs(), conv.outputs(), conv.kernel(), conv.stride(), conv.padding(), bias);
            default -> node.operation();
        };
        return new Graph.Node(node.name(), operation, node.inputs());
    }

    private static Graph withBiases(Graph graph, Map<String, Module> chosen) {
        List<Graph.Node> nodes = new ArrayList<>();
        for (Graph.Node node : graph.nodes()) {
            Module module = chosen.get(node.name());
            nodes.add(module == null ? node : withBias(node, module.tensors().containsKey("bias")));
        }
        return new Graph(graph.input(), nodes, graph.output());
    }

    private UserException missing(Graph.Node node, List<Module> left) {
        return new UserException(source + " has no tensors for layer " + node.name() + " of the network, expected "
                + node.operation().parameters(node.name()).stream()
                        .map(parameter -> what(parameter) + " of shape "
                                + parameter.shape().sizes())
                        .collect(Collectors.joining(" and "))
                + "; left are "
                + (left.isEmpty()
                        ? "none"
                        : left.stream().limit(8).map(Module::toString).collect(Collectors.joining(", "))));
    }

    private void fill(float[] to, @org.jspecify.annotations.Nullable ForeignTensor tensor) {
        if (tensor == null) {
            return; // a layer without biases in a network with some
        }
        if (!tensor.real()) {
            throw new UserException(source + " has tensor " + tensor + " of whole numbers, expected floating point");
        }
        System.arraycopy(tensor.values(), 0, to, 0, to.length);
    }

    /** Whether a module has weights of a convolution. */
    boolean convolutions() {
        return modules.stream()
                .anyMatch(module -> module.shape("weight")
                        .filter(shape -> shape.size() == 4)
                        .isPresent());
    }

    /** Names and shapes of the first tensors, for messages. */
    String listed(int most) {
        List<String> texts = modules.stream()
                .flatMap(module -> module.tensors().values().stream())
                .map(ForeignTensor::toString)
                .toList();
        return Names.listed(texts, most);
    }

    /** Whether the tensors fit a network. */
    boolean fit(Graph graph) {
        List<Module> left = new ArrayList<>(modules);
        try {
            match(graph, left, new LinkedHashMap<>());
            return left.isEmpty();
        } catch (UserException e) {
            return false;
        }
    }
}
