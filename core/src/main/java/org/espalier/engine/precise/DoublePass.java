package org.espalier.engine.precise;

import java.util.LinkedHashMap;
import java.util.Map;
import org.espalier.engine.reference.ReferenceGraph;
import org.espalier.network.Graph;
import org.espalier.network.Parameter;
import org.espalier.network.Weights;

/**
 * One pass of a few examples through a network in float64, in plain loops: values forward, gradients back. For pruning criteria
 * that need differences or products which float32 rounds away. Far slower than an engine. Batch norms use their running
 * statistics.
 */
public final class DoublePass {
    private final ReferenceGraph graph;

    /**
     * Computes the logits.
     *
     * @param parameters values by the parameters' names, as {@link #values} makes them; read until the pass is dropped
     * @param inputs (example, input)
     */
    public DoublePass(Graph graph, Map<String, double[]> parameters, double[][] inputs) {
        this.graph = new ReferenceGraph(graph, parameters, inputs, false);
    }

    /** A copy of weights in float64, by parameter. */
    public static Map<String, double[]> values(Weights weights) {
        Map<String, double[]> values = new LinkedHashMap<>();
        for (Parameter parameter : weights.graph().parameters()) {
            float[] from = weights.values(parameter.name());
            double[] to = new double[from.length];
            for (int i = 0; i < to.length; i++) {
                to[i] = from[i];
            }
            values.put(parameter.name(), to);
        }
        return values;
    }

    /** (example, class). Not to be written to. */
    public double[][] logits() {
        return graph.logits();
    }

    /**
     * Computes the gradients of all parameters, summed over the examples.
     *
     * @param logits (example, class) gradient of the loss with respect to the logits
     */
    public void backward(double[][] logits) {
        graph.backward(logits);
    }

    /**
     * The gradient of a parameter after {@link #backward}. Not to be written to.
     *
     * @param parameter its name, e.g. {@code layers.0.weight}
     */
    public double[] gradient(String parameter) {
        return graph.gradient(parameter);
    }

    /**
     * Gradient of what leaves a node, summed over nothing, after {@link #backward}.
     *
     * @return (example, value); not to be written to
     */
    public double[][] gradientOf(String node) {
        return graph.gradients(node);
    }

    /**
     * What enters a layer at each place of its output: the values that a row of its weights is multiplied with.
     *
     * @param layer name of a linear layer, which has one place, or a convolution
     * @return (example x places + place, input of a row); not to be written to
     */
    public double[][] entering(String layer) {
        return graph.entering(layer);
    }
}
