package org.espalier.spark;

/** Why a task failed, in one sentence. Carries no cause, because the driver may lack the cause's class. */
final class ChainFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ChainFailure(String sentence) {
        super(sentence);
    }
}
