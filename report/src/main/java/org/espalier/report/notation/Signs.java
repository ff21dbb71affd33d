package org.espalier.report.notation;

import java.util.regex.Pattern;

/** Signs for which plain text has a hyphen, found again where a page or LaTeX has signs of their own. */
public final class Signs {
    /** A hyphen before a number and after nothing that it could join to it. */
    public static final Pattern MINUS = Pattern.compile("(?<![\\w.)-])-(?=[0-9])");

    private Signs() {}
}
