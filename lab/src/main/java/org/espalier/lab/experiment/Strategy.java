package org.espalier.lab.experiment;

import java.util.OptionalInt;
import org.espalier.setting.Extension;
import org.espalier.setting.Registry;
import org.espalier.ticket.Restart;
import org.espalier.ticket.RestartKind;

/**
 * A strategy as an experiment names it: how survivors restart, or no pruning at all.
 *
 * @param name in files and tables
 * @param settings of the restart's kind
 * @param restart what survivors restart from
 * @param prunes false for {@code none}: the dense level alone
 */
public record Strategy(String name, Record settings, Restart restart, boolean prunes) {
    /** The strategy of a name that an {@link Experiment} has. */
    public static Strategy of(String name) {
        for (Extension<?> kind : Registry.of(RestartKind.class).all()) {
            if (kind instanceof RestartKind<?> restart && name.matches(restart.pattern())) {
                return of(name, restart);
            }
        }
        throw new IllegalArgumentException("there is no strategy " + name);
    }

    private static <S extends Record> Strategy of(String name, RestartKind<S> kind) {
        S settings = kind.parse(name);
        return new Strategy(name, settings, kind.create(settings), kind.prunes());
    }

    /** The iteration of level 0 whose weights the strategy needs; empty if none. */
    public OptionalInt snapshot() {
        return restart.snapshot();
    }

    /** The iteration at which levels above 0 take the learning rate's schedule up; see {@link Restart#rateFrom}. */
    public int rateFrom() {
        return restart.rateFrom();
    }
}
