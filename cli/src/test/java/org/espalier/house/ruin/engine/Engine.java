package org.espalier.house.ruin.engine;

/** Something that a report must not run. */
public final class Engine {
    /** Something to call. */
    public static int run() {
        return 1;
    }
}
