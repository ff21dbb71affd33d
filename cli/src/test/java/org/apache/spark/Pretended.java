package org.apache.spark;

/** Stands for a class of Spark, which this module lacks, so that a breach of its rule can be shown. */
public final class Pretended {
    private Pretended() {}

    /** Something to call. */
    public static int master() {
        return 7077;
    }
}
