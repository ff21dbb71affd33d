package org.espalier.network;

import java.util.Arrays;
import org.espalier.random.BoxMuller;
import org.espalier.random.Stream;

/**
 * Distributions of initial weights. A layer's fan-in is {@link Architecture#inputs(int)}; its fan-out is outputs times
 * {@link Architecture#kernelArea}. Biases start at zero where nothing else is said, scales and running variances at one.
 */
public enum InitialWeights {
    /**
     * Uniform in [-a, a) with a = sqrt(6 / (fan-in + fan-out)) per layer: Glorot and Bengio, "Understanding the
     * difficulty of training deep feedforward neural networks" (2010), eq. 16; Keras's default.
     */
    GLOROT_UNIFORM {
        @Override
        void draw(Weights weights, int layer, Stream stream) {
            Architecture architecture = weights.architecture();
            float limit = (float) Math.sqrt(6.0 / (architecture.inputs(layer) + fanOut(architecture, layer)));
            uniform(weights.matrix(layer), limit, stream);
        }
    },
    /** Normal with variance 2 / fan-in: He et al., "Delving deep into rectifiers" (2015), eq. 10. */
    KAIMING_NORMAL {
        @Override
        void draw(Weights weights, int layer, Stream stream) {
            normal(weights.matrix(layer), Math.sqrt(2.0 / weights.architecture().inputs(layer)), stream);
        }
    },
    /** Normal with variance 2 / fan-out: He et al. (2015), eq. 14. */
    KAIMING_NORMAL_FAN_OUT {
        @Override
        void draw(Weights weights, int layer, Stream stream) {
            normal(weights.matrix(layer), Math.sqrt(2.0 / fanOut(weights.architecture(), layer)), stream);
        }
    },
    /**
     * Normal with a standard deviation of 0.1 in each layer: the published code of Mocanu et al., "Scalable training of artificial
     * neural networks with adaptive sparse connectivity" (2018).
     */
    NORMAL_TENTH {
        @Override
        void draw(Weights weights, int layer, Stream stream) {
            normal(weights.matrix(layer), 0.1, stream);
        }
    },
    /** Uniform in [-a, a) with a = 1 / sqrt(fan-in), for weights and biases: PyTorch's default of linear layers and convolutions. */
    PYTORCH {
        @Override
        void draw(Weights weights, int layer, Stream stream) {
            float limit = (float) (1 / Math.sqrt(weights.architecture().inputs(layer)));
            uniform(weights.matrix(layer), limit, stream);
            uniform(weights.biases(layer), limit, stream.child("biases"));
        }
    },
    /**
     * sqrt(2 / fan-in) with a random sign: Ramanujan et al., "What's hidden in a randomly weighted neural network?" (2020),
     * section 4.
     */
    SIGNED_KAIMING_CONSTANT {
        @Override
        void draw(Weights weights, int layer, Stream stream) {
            float size = (float) Math.sqrt(2.0 / weights.architecture().inputs(layer));
            float[] matrix = weights.matrix(layer);
            for (int i = 0; i < matrix.length; i++) {
                matrix[i] = stream.uniform(i) < 0.5f ? -size : size;
            }
        }
    };

    /** Draws one layer's weights, and its biases where the distribution has any. */
    abstract void draw(Weights weights, int layer, Stream stream);

    /** Draws weights; the same stream always gives the same weights. */
    public Weights draw(Architecture architecture, Stream stream) {
        Weights weights = new Weights(architecture);
        for (Parameter parameter : architecture.graph().parameters()) {
            Arrays.fill(weights.values(parameter.name()), parameter.role().start());
        }
        for (int layer = 0; layer < architecture.layers(); layer++) {
            draw(weights, layer, stream.child(layer));
        }
        return weights;
    }

    private static int fanOut(Architecture architecture, int layer) {
        return Math.multiplyExact(architecture.outputs(layer), architecture.kernelArea(layer));
    }

    private static void uniform(float[] values, float limit, Stream stream) {
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.fma(stream.uniform(i), 2 * limit, -limit);
        }
    }

    private static void normal(float[] values, double deviation, Stream stream) {
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) BoxMuller.at(stream, i, deviation);
        }
    }
}
