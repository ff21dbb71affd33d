package org.espalier.evaluate.certify;

import java.util.Optional;
import org.espalier.attack.Norm;
import org.espalier.attack.ThreatModel;
import org.espalier.attack.strong.search.Geometry;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Engine;

/**
 * Judges candidates for counterexamples: puts them strictly into ball and box and lets the float32 engine decide. Not
 * for use by several threads at once.
 */
public final class Counterexamples {
    private final Engine engine;
    private final ActivationBuffers buffers;
    private final int[] predicted = new int[ActivationPanels.LANES];

    /** A judge that runs an engine with its present weights. */
    public Counterexamples(Engine engine) {
        this.engine = engine;
        buffers = engine.newBuffers(1);
    }

    /** The engine that decides. */
    Engine engine() {
        return engine;
    }

    /** The class that the engine gives an image of all pixels. */
    public int predict(float[] image) {
        for (int i = 0; i < image.length; i++) {
            buffers.input().set(i, 0, image[i]);
        }
        engine.forward(buffers, 0, 1);
        engine.ops().predictions(buffers.logits(), 0, 1, predicted, 0);
        return predicted[0];
    }

    /**
     * The candidate, moved into the L-infinity ball and the box to the last bit, if the engine then gives it another
     * class than {@code label}.
     */
    public Optional<float[]> judge(float[] image, int label, ThreatModel threat, float[] candidate) {
        if (threat.norm() != Norm.LINF) {
            throw new IllegalArgumentException("counterexamples are made for l-infinity only, got " + threat);
        }
        float[] inside = new float[image.length];
        for (int i = 0; i < inside.length; i++) {
            inside[i] = Geometry.inside(candidate[i], image[i], threat.epsilon());
        }
        return predict(inside) == label ? Optional.empty() : Optional.of(inside);
    }

    /** Whether every pixel is within epsilon of the image's and in [0, 1], with no tolerance. */
    public static boolean within(float[] image, float[] other, float epsilon) {
        for (int i = 0; i < image.length; i++) {
            if (!(other[i] >= 0 && other[i] <= 1 && Math.abs((double) other[i] - image[i]) <= epsilon)) {
                return false;
            }
        }
        return true;
    }
}
