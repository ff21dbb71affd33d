package org.espalier.engine.vector;

import java.lang.foreign.MemorySegment;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Engine;

/**
 * Takes the gradient with respect to the inputs as it is made, a few rows at a time while they are in the
 * nearest cache, so that an attack's step costs no second pass over memory.
 *
 * <p>Inputs that are not {@link Engine#liveInputs live} have a zero gradient and are never handed over. Every other input
 * comes exactly once per panel, in ascending order.
 */
@FunctionalInterface
interface InputGradientSink {
    /**
     * Takes some rows of one panel's gradient.
     *
     * @param panel the panel
     * @param gradient where the rows stand, one after the other, {@link ActivationPanels#ROW_BYTES} each; valid during the call
     * @param offset byte offset of the first row
     * @param features input features in order; row {@code r} is the gradient of input {@code features[first + r]}
     * @param first index in {@code features} of the first row's input
     * @param count number of rows
     */
    void accept(int panel, MemorySegment gradient, long offset, int[] features, int first, int count);
}
