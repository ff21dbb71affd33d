package org.espalier.ticket;

import org.espalier.setting.Named;

/**
 * A kind of {@link Restart}: what an experiment's {@code strategies} can name.
 *
 * @param <S> what the name says; the restart itself may be that record
 */
public interface RestartKind<S extends Record> extends Named<S> {
    /** The restart of the settings. */
    Restart create(S settings);

    /** Whether networks are pruned at all; else the dense level is the whole search. */
    default boolean prunes() {
        return true;
    }
}
