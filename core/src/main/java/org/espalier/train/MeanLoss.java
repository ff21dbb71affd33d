package org.espalier.train;

import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.EngineOps;
import org.espalier.loss.BatchLoss;
import org.espalier.loss.Loss;

/** The mean of a loss over a batch, for objectives that mix means. */
public final class MeanLoss {
    private final Loss loss;
    private final BatchLoss batchLoss;

    /**
     * The mean of a loss of some logits.
     *
     * @param buffers hold the logits and receive their gradients
     */
    public MeanLoss(Loss loss, EngineOps ops, ActivationBuffers buffers) {
        this.loss = loss;
        batchLoss = new BatchLoss(ops, buffers);
    }

    /**
     * Sets the gradient of {@code share} x the mean by the logits of the panels from {@code firstPanel} on.
     *
     * @throws DivergedException if a logit is not finite
     */
    public void gradient(Batch batch, int firstPanel, double share) {
        boolean finite = batchLoss.set(
                loss,
                firstPanel,
                firstPanel,
                batch.panels(),
                batch.labels(),
                0,
                batch.examples(),
                share / batch.examples(),
                null);
        if (!finite) {
            throw new DivergedException(batch.iteration(), "the logits");
        }
    }
}
