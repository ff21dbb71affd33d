package org.espalier.evaluate.rules;

/** Receives the adversarial inputs that the steps of a {@link Batch} find. */
@FunctionalInterface
public interface BrokenInputs {
    /** Ignores all. */
    BrokenInputs NONE = (step, input, adversarial) -> {};

    /**
     * A step broke an input.
     *
     * @param input number of the input in the batch
     * @param adversarial the input that is classified wrong, (input); the clean one where its class is tied without attack. Not
     *     to be written to
     */
    void found(Step step, int input, float[] adversarial);
}
