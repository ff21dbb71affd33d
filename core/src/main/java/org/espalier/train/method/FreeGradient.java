package org.espalier.train.method;

import java.util.Map;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Engine;
import org.espalier.engine.Gradients;
import org.espalier.engine.Mode;
import org.espalier.loss.CrossEntropy;
import org.espalier.train.Batch;
import org.espalier.train.BatchObjective;
import org.espalier.train.MeanLoss;

/** Computes {@link Free}. The perturbation belongs to the place in the batch, not to the image. */
final class FreeGradient implements BatchObjective {
    private static final String STATE = "perturbation";

    private final Free.Replayed objective;
    private final Engine engine;
    private final ActivationBuffers buffers; // attacked images
    private final ActivationPanels clean;
    private final ActivationPanels perturbation;
    private final MeanLoss loss;

    FreeGradient(Free.Replayed objective, Engine engine, int examples, float labelSmoothing) {
        this.objective = objective;
        this.engine = engine;
        int lanes = ActivationPanels.panelsFor(examples) * ActivationPanels.LANES;
        buffers = engine.newBuffers(lanes);
        clean = new ActivationPanels(engine.architecture().inputs(), lanes);
        perturbation = new ActivationPanels(engine.architecture().inputs(), lanes);
        loss = new MeanLoss(new CrossEntropy(labelSmoothing), engine.ops(), buffers);
    }

    @Override
    public ActivationPanels input() {
        return clean;
    }

    @Override
    public void gradient(Batch batch) {
        int panels = batch.panels();
        int examples = batch.examples();
        double progress = objective.ramp().progress(batch.iteration());
        float epsilon = (float) (objective.epsilon() * progress);
        float step = (float) (objective.step() * progress);
        buffers.batch(0, panels, examples);
        buffers.input().copy(clean, 0, 0, panels);
        for (int feature : engine.liveInputs()) {
            for (int e = 0; e < examples; e++) {
                float moved = clean.get(feature, e) + perturbation.get(feature, e);
                buffers.input().set(feature, e, Math.clamp(moved, 0f, 1f));
            }
        }
        engine.forward(buffers, 0, panels, Mode.TRAINING);
        loss.gradient(batch, 0, 1);
        engine.backward(buffers, 0, panels, Gradients.WEIGHTS_AND_INPUTS);
        ActivationPanels slope = buffers.inputGradient();
        for (int feature : engine.liveInputs()) {
            for (int e = 0; e < examples; e++) {
                float g = slope.get(feature, e);
                float d = perturbation.get(feature, e);
                float moved = g > 0 ? d + step : g < 0 ? d - step : d;
                perturbation.set(feature, e, Math.clamp(moved, -epsilon, epsilon));
            }
        }
    }

    @Override
    public Map<String, float[]> state() {
        int features = perturbation.features();
        float[] values = new float[features * perturbation.panels() * ActivationPanels.LANES];
        for (int e = 0, at = 0; at < values.length; e++) {
            for (int feature = 0; feature < features; feature++, at++) {
                values[at] = perturbation.get(feature, e);
            }
        }
        return Map.of(STATE, values);
    }

    @Override
    public void resume(Map<String, float[]> state) {
        float[] values = state.get(STATE);
        int features = perturbation.features();
        if (values == null || values.length != features * perturbation.panels() * ActivationPanels.LANES) {
            throw new IllegalArgumentException("the state holds no perturbation of free adversarial training");
        }
        for (int e = 0, at = 0; at < values.length; e++) {
            for (int feature = 0; feature < features; feature++, at++) {
                perturbation.set(feature, e, values[at]);
            }
        }
    }
}
