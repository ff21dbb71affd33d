package org.espalier.house.ruin.lab.back;

import org.espalier.house.ruin.lab.there.GoesThere;

/** Uses a package that uses its own. */
public final class GoesBack {
    static final Class<?> NEXT = GoesThere.class;
}
