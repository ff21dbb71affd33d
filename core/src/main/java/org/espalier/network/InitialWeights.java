package org.espalier.network;

import org.espalier.random.Stream;

/** Distributions of initial weights. Biases start at zero. */
public enum InitialWeights {
    /**
     * Uniform in [-a, a) with a = sqrt(6 / (inputs + outputs)) per layer: Glorot and Bengio, "Understanding the
     * difficulty of training deep feedforward neural networks" (2010), eq. 16; Keras's default.
     */
    GLOROT_UNIFORM;

    /** Draws weights; the same stream always gives the same weights. */
    public Weights draw(Architecture architecture, Stream stream) {
        Weights weights = new Weights(architecture);
        for (int layer = 0; layer < architecture.layers(); layer++) {
            Stream layerStream = stream.child(layer);
            float limit = (float) Math.sqrt(6.0 / (architecture.inputs(layer) + architecture.outputs(layer)));
            float[] matrix = weights.matrix(layer);
            for (int i = 0; i < matrix.length; i++) {
                matrix[i] = Math.fma(layerStream.uniform(i), 2 * limit, -limit);
            }
        }
        return weights;
    }
}
