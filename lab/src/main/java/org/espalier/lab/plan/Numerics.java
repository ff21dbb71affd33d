package org.espalier.lab.plan;

/** The version of all code that results depend on. */
public final class Numerics {
    /** Raised whenever a change of code changes any bit of a result. Older levels then have other keys. */
    public static final int VERSION = 1;

    private Numerics() {}
}
