package org.espalier.ticket;

import org.espalier.setting.Extension;
import org.espalier.setting.Registry;

/**
 * A kind of {@link Schedule}: what {@code pruning.schedule} can name.
 *
 * @param <S> the schedule's settings; the schedule itself may be that record
 */
public interface ScheduleKind<S extends Record> extends Extension<S> {
    /**
     * The schedule of the settings.
     *
     * @throws org.espalier.UserException if settings do not go together
     */
    Schedule create(S settings);

    /** The schedule of a settings record of any registered kind. */
    @SuppressWarnings("unchecked")
    static Schedule of(Record settings) {
        return ((ScheduleKind<Record>) Registry.of(ScheduleKind.class).find(settings)).create(settings);
    }
}
