package org.espalier.ticket;

import org.espalier.setting.Named;

/**
 * A kind of {@link Restart}: the values of an experiment's {@code strategies}.
 *
 * @param <S> the settings in the name; the restart itself may be that record
 */
public interface RestartKind<S extends Record> extends Named<S> {
    /** The restart of the settings. */
    Restart create(S settings);

    /** Whether networks are pruned; else the search has the dense level only. */
    default boolean prunes() {
        return true;
    }
}
