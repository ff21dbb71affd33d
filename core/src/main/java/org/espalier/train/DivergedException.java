package org.espalier.train;

/** Training has left the finite numbers: this trial cannot go on, others can. */
public final class DivergedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int iteration;

    /**
     * Reports where training broke down.
     *
     * @param iteration updates done when it was seen
     * @param what what is no longer finite
     */
    public DivergedException(int iteration, String what) {
        super("training diverged: after " + iteration + " updates " + what + " are not all finite numbers");
        this.iteration = iteration;
    }

    /** Updates done when it was seen. */
    public int iteration() {
        return iteration;
    }
}
