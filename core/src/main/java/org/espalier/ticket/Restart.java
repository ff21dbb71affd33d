package org.espalier.ticket;

/** The weights that survivors restart from at the next level. */
public sealed interface Restart {
    /** The level-0 initial weights: Frankle and Carbin, "The lottery ticket hypothesis" (2019). */
    record Original() implements Restart {
        @Override
        public String name() {
            return "original";
        }
    }

    /**
     * The dense level's weights after {@code iteration} updates: Frankle, Dziugaite, Roy and Carbin, "Linear mode
     * connectivity and the lottery ticket hypothesis" (2020). Iteration 0 is {@link Original}.
     *
     * @param iteration updates, at least 0
     */
    record Rewind(int iteration) implements Restart {
        public Rewind {
            if (iteration < 0) {
                throw new IllegalArgumentException("a rewind's iteration must be at least 0, got " + iteration);
            }
        }

        @Override
        public String name() {
            return "rewind-" + iteration;
        }
    }

    /** A fresh draw from the initial distribution. */
    record Random() implements Restart {
        @Override
        public String name() {
            return "random";
        }
    }

    /** The trained weights of the level before. */
    record Continued() implements Restart {
        @Override
        public String name() {
            return "continued";
        }
    }

    /**
     * The weights after the dense level's whole training, which is what the paper's published code restarts from under
     * the name "original".
     */
    record AsPublished() implements Restart {
        @Override
        public String name() {
            return "as-published";
        }
    }

    /** Name in files and tables. */
    String name();
}
