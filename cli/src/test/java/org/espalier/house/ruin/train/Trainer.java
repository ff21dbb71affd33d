package org.espalier.house.ruin.train;

/** Stands above data, and keeps all rules itself. */
public final class Trainer {
    /** Something to call. */
    public static int train() {
        return 1;
    }
}
