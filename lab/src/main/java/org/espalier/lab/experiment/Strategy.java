package org.espalier.lab.experiment;

import java.util.OptionalInt;
import org.espalier.ticket.Restart;

/**
 * A strategy as an experiment names it: how survivors restart, or no pruning at all.
 *
 * @param name in files and tables
 * @param restart what survivors restart from
 * @param prunes false for {@code none}: the dense level alone
 */
public record Strategy(String name, Restart restart, boolean prunes) {
    /** The strategy of a name that an {@link Experiment} has. */
    public static Strategy of(String name) {
        return switch (name) {
            case "none" -> new Strategy(name, new Restart.Original(), false);
            case "original" -> new Strategy(name, new Restart.Original(), true);
            case "random" -> new Strategy(name, new Restart.Random(), true);
            case "continued" -> new Strategy(name, new Restart.Continued(), true);
            case "as-published" -> new Strategy(name, new Restart.AsPublished(), true);
            default -> {
                if (!name.startsWith("rewind-")) {
                    throw new IllegalArgumentException("there is no strategy " + name);
                }
                yield new Strategy(
                        name, new Restart.Rewind(Integer.parseInt(name.substring("rewind-".length()))), true);
            }
        };
    }

    /** The iteration of level 0 whose weights the strategy needs; empty if none. */
    public OptionalInt snapshot() {
        return restart instanceof Restart.Rewind(int iteration) ? OptionalInt.of(iteration) : OptionalInt.empty();
    }
}
