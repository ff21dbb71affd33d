package org.espalier.lab.study.control;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.espalier.random.Stream;

/**
 * Where the parameters of a fully connected network stand in one array: for each layer its weights (output, input), then its biases
 * (output).
 *
 * @param widths units, from the state to the actions
 */
record Layout(List<Integer> widths) {
    /** From a state through hidden layers to the actions. */
    static Layout of(List<Integer> hidden) {
        List<Integer> widths = new ArrayList<>(hidden);
        widths.addFirst(CartPole.VARIABLES);
        widths.addLast(CartPole.ACTIONS);
        return new Layout(List.copyOf(widths));
    }

    int layers() {
        return widths.size() - 1;
    }

    int inputs(int layer) {
        return widths.get(layer);
    }

    int outputs(int layer) {
        return widths.get(layer + 1);
    }

    /** Weights of a layer, without biases. */
    int weights(int layer) {
        return inputs(layer) * outputs(layer);
    }

    /** Weights of all layers, without biases. */
    int weights() {
        int sum = 0;
        for (int layer = 0; layer < layers(); layer++) {
            sum += weights(layer);
        }
        return sum;
    }

    /** Where a layer's weights begin. */
    int matrix(int layer) {
        int at = 0;
        for (int below = 0; below < layer; below++) {
            at += weights(below) + outputs(below);
        }
        return at;
    }

    /** Where a layer's biases begin. */
    int biases(int layer) {
        return matrix(layer) + weights(layer);
    }

    /** Parameters of all layers. */
    int parameters() {
        return matrix(layers());
    }

    /**
     * Initial parameters: Glorot and Bengio's uniform distribution for a layer whose units have a share of their inputs; biases 0.
     *
     * @param density the share, above 0
     */
    double[] initial(double density, Stream stream) {
        double[] parameters = new double[parameters()];
        for (int layer = 0; layer < layers(); layer++) {
            double limit = Math.sqrt(6 / (density * (inputs(layer) + outputs(layer))));
            Stream draws = stream.child(layer);
            int at = matrix(layer);
            for (int i = 0; i < weights(layer); i++) {
                parameters[at + i] = limit * (2 * (double) draws.uniform(i) - 1);
            }
        }
        return parameters;
    }

    @Override
    public String toString() {
        return widths.stream().map(String::valueOf).collect(Collectors.joining("-"));
    }
}
