package org.espalier.lab.robustness;

/** Receives the progress of evaluations on the threads that work; changes no result. */
public interface EvaluationObserver {
    /** Ignores all calls. */
    EvaluationObserver NONE = new EvaluationObserver() {};

    /**
     * The work is known.
     *
     * @param evaluations evaluations requested
     * @param done those that are stored already
     * @param batches batches to be attacked; those that an earlier run stored do not count
     */
    default void planned(int evaluations, int done, int batches) {}

    /** Attacks of a finished evaluation run again on the images that they broke, to keep the adversarial examples. */
    default void again(EvaluationRequest request) {}

    /** A batch was stored by an earlier run; {@code done} of {@code of} are there now. */
    default void found(EvaluationRequest request, int done, int of) {}

    /** A batch was attacked; {@code done} of {@code of} are there now. */
    default void batch(EvaluationRequest request, int done, int of) {}

    /** An evaluation is whole. */
    default void finished(EvaluationRequest request) {}
}
