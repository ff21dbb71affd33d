package org.espalier.lab.plan;

/** The version of all code that results depend on. */
public final class Numerics {
    /** To be raised whenever a change of code changes any bit of a result: levels computed before are then others. */
    public static final int VERSION = 1;

    private Numerics() {}
}
