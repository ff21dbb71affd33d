package org.espalier.scores;

import java.util.Arrays;
import java.util.function.IntFunction;
import org.espalier.data.Split;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.espalier.train.mask.MaskTraining;

/**
 * {@link NeuralTangentTransfer} at work: Adam in float64 on {@code mean (f_s - f_t)^2 + c mean (K_s - K_t)^2 + decay sum w^2}. The
 * kernels are between the two halves of a batch.
 */
final class KernelMatch extends MatchingSearch {
    /** Examples of a batch, both halves. */
    static final int BATCH = 64;

    private final double kernel;
    private final Architecture architecture;
    private final TangentKernel teacher;
    private final TangentKernel student;

    /**
     * For a level.
     *
     * @param kernel weight of the kernels' distance: c
     */
    KernelMatch(MaskTraining training, Rules rules, double kernel) {
        super(training, rules);
        this.kernel = kernel;
        architecture = training.engine().architecture();
        teacher = new TangentKernel(architecture, BATCH);
        student = new TangentKernel(architecture, BATCH);
    }

    @Override
    void search(Mask mask, Stream draws, int number) {
        Weights masked = raw.copy();
        masked.apply(mask);
        double[][] inputs = images(draws);
        teacher.forward(origin, inputs);
        student.forward(masked, inputs);
        double[][] ofWeights = zeros(masked::matrix);
        double[][] ofBiases = zeros(masked::biases);
        distance(teacher, student, kernel, ofWeights, ofBiases);
        double firstScale = 1 - StrictMath.pow(0.9, number);
        double secondScale = 1 - StrictMath.pow(0.999, number);
        for (int layer = 0; layer < ofWeights.length; layer++) {
            float[] values = raw.matrix(layer);
            for (int i = 0; i < values.length; i++) {
                if (mask.keeps(layer, i)) {
                    double slope = ofWeights[layer][i] + 2 * rules.decay() * values[i];
                    values[i] -=
                            (float) adam(first.matrix(layer), second.matrix(layer), i, slope, firstScale, secondScale);
                }
            }
            float[] held = raw.biases(layer);
            for (int i = 0; i < held.length; i++) {
                double slope = ofBiases[layer][i] + 2 * rules.decay() * held[i];
                held[i] -= (float) adam(first.biases(layer), second.biases(layer), i, slope, firstScale, secondScale);
            }
        }
    }

    private double adam(float[] m, float[] v, int i, double slope, double firstScale, double secondScale) {
        m[i] = (float) (0.9 * m[i] + 0.1 * slope);
        v[i] = (float) (0.999 * v[i] + 0.001 * slope * slope);
        return rules.rate() * (m[i] / firstScale) / (Math.sqrt(v[i] / secondScale) + 1e-8);
    }

    /**
     * Distance of two networks on their batches, without the squared weights.
     *
     * @param kernel weight of the kernels' distance
     * @param ofWeights (layer, position) receives the gradient with respect to the student's weights
     * @param ofBiases (layer, output) receives that with respect to its biases
     */
    static double distance(
            TangentKernel teacher, TangentKernel student, double kernel, double[][] ofWeights, double[][] ofBiases) {
        double[][] wanted = teacher.logits();
        double[][] found = student.logits();
        int examples = found.length;
        int classes = found[0].length;
        double[][] byLogits = new double[examples][classes];
        double sum = 0;
        for (int e = 0; e < examples; e++) {
            for (int c = 0; c < classes; c++) {
                double difference = found[e][c] - wanted[e][c];
                sum += difference * difference / (examples * classes);
                byLogits[e][c] = 2 * difference / (examples * classes);
            }
        }
        TangentKernel.Backward backward = student.new Backward();
        int half = examples / 2;
        double share = kernel / ((double) half * half * classes * classes);
        double[] ofTeacher = new double[classes * classes];
        double[] difference = new double[classes * classes];
        for (int x = 0; x < half && kernel > 0; x++) {
            for (int y = half; y < 2 * half; y++) {
                teacher.of(x, y, ofTeacher);
                student.of(x, y, difference);
                for (int i = 0; i < difference.length; i++) {
                    difference[i] -= ofTeacher[i];
                    sum += share * difference[i] * difference[i];
                    difference[i] *= 2 * share;
                }
                backward.add(difference);
            }
        }
        backward.finish(byLogits, ofWeights, ofBiases);
        return sum;
    }

    private double[][] images(Stream draws) {
        Split split = training.images();
        double[][] inputs = new double[BATCH][];
        Arrays.setAll(inputs, e -> split.pixels(draws.below(split.size(), e)));
        return inputs;
    }

    /** (layer, position) in float64. */
    private double[][] zeros(IntFunction<float[]> like) {
        double[][] zeros = new double[architecture.layers()][];
        Arrays.setAll(zeros, layer -> new double[like.apply(layer).length]);
        return zeros;
    }
}
