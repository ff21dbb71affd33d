package org.espalier.engine.graph;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.espalier.engine.graph.map.Phases;
import org.espalier.engine.graph.map.Value;
import org.espalier.network.Architecture;
import org.espalier.network.Graph;
import org.espalier.network.Operation;
import org.espalier.network.Shape;

/**
 * What an engine does for a graph, node by node: which values there are, how they lie, and which step makes each. A ReLU joins
 * the step that makes what it reads, where nothing else reads that. A convolution with padding that reads the network's
 * input, whose panels have no border, reads a copy with one.
 */
final class GraphPlan {
    /** What a planned step does beside the operations of graphs. */
    enum Extra {
        /** Copies a value into another layout: to add a border, or to make an image flat. */
        COPY,
        NONE
    }

    /**
     * One step.
     *
     * @param adds (input) whether a later step has passed a gradient back to that value before
     */
    record Planned(Operation operation, Extra extra, String node, Value out, Value[] in, boolean[] adds) {}

    private final Architecture architecture;
    private final List<Value> values = new ArrayList<>();
    private final List<Planned> steps = new ArrayList<>();
    private final Map<String, Value> byNode = new LinkedHashMap<>();
    private final Map<Value, Value> bordered = new LinkedHashMap<>();
    private final Value input;
    private int norms;

    GraphPlan(Architecture architecture) {
        this.architecture = architecture;
        Graph graph = architecture.graph();
        input = value(graph.input());
        byNode.put(Graph.INPUT, input);
        for (Graph.Node node : graph.nodes()) {
            plan(graph, node);
        }
        boolean[] seen = new boolean[values.size()];
        for (int s = steps.size() - 1; s >= 0; s--) {
            Planned step = steps.get(s);
            for (int i = 0; i < step.in().length; i++) {
                step.adds()[i] = seen[step.in()[i].index];
                seen[step.in()[i].index] = true;
            }
        }
        for (Planned step : steps) {
            Value only = step.in()[0];
            boolean gates = step.extra() == Extra.COPY
                    || step.operation() instanceof Operation.Linear
                    || step.operation() instanceof Operation.Conv2d;
            only.gatedByReader = only.relu && only.readers == 1 && gates;
        }
    }

    private void plan(Graph graph, Graph.Node node) {
        Value source = of(node.inputs().getFirst());
        Shape shape = graph.shape(node.name());
        switch (node.operation()) {
            case Operation.Relu relu
            when joins(graph, node) -> {
                source.relu = true;
                byNode.put(node.name(), source);
            }
            case Operation.Flatten flatten when source.shape.dimensions() == 1 -> byNode.put(node.name(), source);
            case Operation.Flatten flatten -> add(node.name(), flatten, Extra.COPY, shape, source);
            case Operation.Conv2d conv -> {
                Value from = source;
                if (conv.padding() > 0 && source == input) {
                    from = bordered.computeIfAbsent(source, v -> add("", conv, Extra.COPY, v.shape, v));
                }
                from.border(conv.padding());
                Value out = add(node.name(), conv, Extra.NONE, shape, from);
                out.border(Phases.border(conv, from.shape, shape));
            }
            case Operation.Linear linear
            when source.shape.dimensions() > 1 -> throw new IllegalStateException(node.name() + " reads an image");
            default -> {
                Value[] in = node.inputs().stream().map(this::of).toArray(Value[]::new);
                add(node.name(), node.operation(), Extra.NONE, shape, in);
                if (node.operation() instanceof Operation.BatchNorm) {
                    norms++;
                }
            }
        }
    }

    /** Whether a ReLU can join the step that makes what it reads. */
    private boolean joins(Graph graph, Graph.Node relu) {
        String source = relu.inputs().getFirst();
        long readers = graph.nodes().stream()
                .flatMap(node -> node.inputs().stream())
                .filter(source::equals)
                .count();
        if (readers != 1 || source.equals(graph.output()) || source.equals(Graph.INPUT) || of(source).relu) {
            return false;
        }
        Operation before = graph.node(source).operation();
        return before instanceof Operation.Linear
                || before instanceof Operation.Conv2d
                || before instanceof Operation.BatchNorm
                || before instanceof Operation.Add;
    }

    private Value add(String node, Operation operation, Extra extra, Shape shape, Value... in) {
        Value out = value(shape);
        for (Value from : in) {
            from.readers++;
            out.trained |= from.trained;
        }
        out.trained |= extra == Extra.NONE && !operation.parameters("node").isEmpty();
        steps.add(new Planned(operation, extra, node, out, in, new boolean[in.length]));
        if (!node.isEmpty()) {
            byNode.put(node, out);
        }
        return out;
    }

    private Value value(Shape shape) {
        Value value = new Value(values.size(), shape);
        values.add(value);
        return value;
    }

    private Value of(String node) {
        return Objects.requireNonNull(byNode.get(node), node);
    }

    Architecture architecture() {
        return architecture;
    }

    List<Value> values() {
        return values;
    }

    /** In the order of evaluation. */
    List<Planned> steps() {
        return steps;
    }

    Value input() {
        return input;
    }

    /** The logits. */
    Value output() {
        return of(architecture.graph().output());
    }

    /** Number of batch norms. */
    int norms() {
        return norms;
    }
}
