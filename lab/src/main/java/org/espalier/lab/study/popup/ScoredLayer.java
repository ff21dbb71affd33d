package org.espalier.lab.study.popup;

import java.util.List;

/** A layer of scored weights that is a linear map of inputs of at least 0. */
interface ScoredLayer {
    /**
     * The linear map.
     *
     * @param matrix (output, input) receives it
     */
    void effective(float[] matrix);

    /**
     * Passes the gradient on to the scored weights.
     *
     * @param matrix (output, input) gradient by the linear map
     */
    void gradient(float[] matrix);

    /** The scored weights. */
    List<ScoredWeights> parts();
}
