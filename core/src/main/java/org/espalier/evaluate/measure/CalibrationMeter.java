package org.espalier.evaluate.measure;

import java.util.Optional;
import org.espalier.attack.Attack;
import org.espalier.attack.Attacker;
import org.espalier.data.Split;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Engine;
import org.espalier.loss.Softmax;
import org.espalier.random.Stream;

/** Measures {@link Calibration} of an engine's present weights, on clean images or under an attack. */
public final class CalibrationMeter {
    private final Engine engine;
    private final ActivationBuffers buffers;

    /** A meter with its buffers. */
    public CalibrationMeter(Engine engine) {
        this.engine = engine;
        buffers = engine.newBuffers(2 * ActivationPanels.LANES);
    }

    /**
     * Measures the first images of a split. The result does not depend on kernels.
     *
     * @param images at least 1
     * @param attack attack on the images; empty for clean ones
     * @param noise stream of its random starts
     */
    public Calibration measure(Split split, int images, Optional<Attack> attack, Stream noise) {
        Optional<Attacker> attacker = attack.map(each -> each.bind(engine, buffers));
        Calibration.Counter counter = new Calibration.Counter();
        int[] order = new int[ActivationPanels.LANES];
        float[] logits = new float[buffers.logits().features()];
        double[] probabilities = new double[logits.length];
        int panel = attacker.isPresent() ? 1 : 0;
        for (int first = 0; first < images; first += ActivationPanels.LANES) {
            int count = Math.min(ActivationPanels.LANES, images - first);
            for (int i = 0; i < count; i++) {
                order[i] = first + i;
            }
            engine.ops().loadImages(split, order, 0, count, buffers.input(), 0);
            if (attacker.isPresent()) {
                attacker.get().perturbLoaded(split.labels(), first, count, noise, first);
            }
            engine.forward(buffers, panel, 1);
            for (int e = 0; e < count; e++) {
                for (int c = 0; c < logits.length; c++) {
                    logits[c] = buffers.logits().get(c, panel * ActivationPanels.LANES + e);
                }
                double logSum = Softmax.logSum(logits);
                for (int c = 0; c < logits.length; c++) {
                    probabilities[c] = Softmax.probability(logits[c], logSum);
                }
                int label = split.labels()[first + e];
                counter.add(probabilities, label, logSum - logits[label]);
            }
        }
        return counter.result();
    }
}
