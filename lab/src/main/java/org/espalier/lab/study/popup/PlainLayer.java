package org.espalier.lab.study.popup;

import java.util.List;
import org.espalier.random.Stream;

/** One weight for each connection: Kaiming normal, with scores as PyTorch draws weights. */
final class PlainLayer implements ScoredLayer {
    private final ScoredWeights weights;

    PlainLayer(int inputs, int outputs, double sparsity, Stream stream) {
        weights = new ScoredWeights(
                Math.multiplyExact(inputs, outputs),
                Math.sqrt(2.0 / inputs),
                Math.sqrt(1.0 / inputs),
                sparsity,
                stream);
    }

    @Override
    public void effective(float[] matrix) {
        System.arraycopy(weights.kept(), 0, matrix, 0, matrix.length);
    }

    @Override
    public void gradient(float[] matrix) {
        System.arraycopy(matrix, 0, weights.gradient(), 0, matrix.length);
    }

    @Override
    public List<ScoredWeights> parts() {
        return List.of(weights);
    }
}
