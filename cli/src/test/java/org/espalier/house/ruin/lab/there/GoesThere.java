package org.espalier.house.ruin.lab.there;

import org.espalier.house.ruin.lab.back.GoesBack;

/** Uses a package that uses its own. */
public final class GoesThere {
    static final Class<?> NEXT = GoesBack.class;
}
