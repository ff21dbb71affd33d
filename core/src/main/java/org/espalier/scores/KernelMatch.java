package org.espalier.scores;

import java.util.HashMap;
import java.util.Map;
import org.espalier.data.Split;
import org.espalier.engine.Engine;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.espalier.train.mask.MaskProcess;
import org.espalier.train.mask.MaskState;
import org.espalier.train.mask.MaskTraining;
import org.espalier.train.mask.Phase;

/**
 * {@link NeuralTangentTransfer} at work: Adam in float64 on {@code mean (f_s - f_t)^2 + c mean (K_s - K_t)^2 + decay sum w^2}. The
 * kernels are between the two halves of a batch.
 */
final class KernelMatch implements MaskProcess {
    /** Examples of a batch, both halves. */
    static final int BATCH = 64;

    /**
     * How to search.
     *
     * @param counts (layer) weights to keep
     * @param length updates of the search, at least 1
     * @param kernel weight of the kernels' distance: c
     * @param decay weight of the sum of squared weights
     * @param rate learning rate of Adam
     * @param refresh updates between masks; none is made in the last {@code refresh} updates
     */
    record Rules(int[] counts, int length, double kernel, double decay, double rate, int refresh) {}

    private final MaskTraining training;
    private final Rules rules;
    private final Architecture architecture;
    private final TopScores top;
    private final TangentKernel teacher;
    private final TangentKernel student;
    private Weights origin; // of the teacher
    private Weights raw; // of the student, pruned values included
    private Weights first;
    private Weights second;
    private boolean searching = true;

    KernelMatch(MaskTraining training, Rules rules) {
        this.training = training;
        this.rules = rules;
        architecture = training.engine().architecture();
        top = new TopScores(architecture, training.stream().child("ties"));
        teacher = new TangentKernel(architecture, BATCH);
        student = new TangentKernel(architecture, BATCH);
        origin = training.engine().weights();
        raw = origin.copy();
        first = new Weights(architecture);
        second = new Weights(architecture);
    }

    @Override
    public void step(int iteration) {
        Engine engine = training.engine();
        if (iteration < rules.length()) {
            if (iteration % rules.refresh() == 0 && (iteration == 0 || iteration + rules.refresh() < rules.length())) {
                Weights masked = raw.copy();
                top.choose(raw, rules.counts(), raw, masked);
                engine.load(masked, top.mask());
            }
            search(engine.mask(), training.stream().child("match").child(iteration), iteration + 1);
            engine.writeWeights(raw);
            return;
        }
        if (searching) {
            searching = false;
            engine.load(engine.weights(), engine.mask()); // fresh moments
        }
        training.gradient();
        training.update(new Phase(rules.length(), training.iterations() - rules.length(), 1));
    }

    private void search(Mask mask, Stream draws, int number) {
        Weights masked = raw.copy();
        masked.apply(mask);
        double[][] inputs = images(draws);
        teacher.forward(matrices(origin), biases(origin), inputs);
        student.forward(matrices(masked), biases(masked), inputs);
        double[][] ofWeights = matrices(new Weights(architecture));
        double[][] ofBiases = biases(new Weights(architecture));
        distance(teacher, student, rules.kernel(), ofWeights, ofBiases);
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
                backward.add(x, y, difference);
            }
        }
        backward.finish(byLogits, ofWeights, ofBiases);
        return sum;
    }

    private double[][] images(Stream draws) {
        Split split = training.images();
        double[][] inputs = new double[BATCH][split.features()];
        for (int e = 0; e < BATCH; e++) {
            int image = draws.below(split.size(), e);
            for (int i = 0; i < inputs[e].length; i++) {
                inputs[e][i] = (split.images()[image * split.features() + i] & 0xff) / 255.0;
            }
        }
        return inputs;
    }

    private static double[][] matrices(Weights weights) {
        double[][] wide = new double[weights.architecture().layers()][];
        for (int layer = 0; layer < wide.length; layer++) {
            wide[layer] = wide(weights.matrix(layer));
        }
        return wide;
    }

    private static double[][] biases(Weights weights) {
        double[][] wide = new double[weights.architecture().layers()][];
        for (int layer = 0; layer < wide.length; layer++) {
            wide[layer] = wide(weights.biases(layer));
        }
        return wide;
    }

    private static double[] wide(float[] values) {
        double[] wide = new double[values.length];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = values[i];
        }
        return wide;
    }

    @Override
    public Mask mask() {
        return training.engine().mask();
    }

    @Override
    public MaskState state() {
        Map<String, Weights> tensors = new HashMap<>();
        if (searching) {
            tensors.put("origin", origin.copy());
            tensors.put("raw", raw.copy());
            tensors.put("first", first.copy());
            tensors.put("second", second.copy());
        }
        return new MaskState(tensors, Map.of("searching", searching ? 1.0 : 0.0));
    }

    @Override
    public void resume(int iteration, MaskState state) {
        searching = state.number("searching") == 1;
        if (searching) {
            origin = state.tensor("origin").copy();
            raw = state.tensor("raw").copy();
            first = state.tensor("first").copy();
            second = state.tensor("second").copy();
        }
    }
}
