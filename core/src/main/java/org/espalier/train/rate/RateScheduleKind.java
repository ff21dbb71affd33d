package org.espalier.train.rate;

import org.espalier.setting.Extension;
import org.espalier.setting.Registry;

/**
 * A kind of {@link RateSchedule}: what {@code training.rate-schedule} can name.
 *
 * @param <S> the schedule's settings; the schedule itself may be that record
 */
public interface RateScheduleKind<S extends Record> extends Extension<S> {
    /**
     * The schedule of the settings.
     *
     * @throws org.espalier.UserException if settings do not go together
     */
    RateSchedule create(S settings);

    /** The schedule of a settings record of any registered kind. */
    @SuppressWarnings("unchecked")
    static RateSchedule of(Record settings) {
        return ((RateScheduleKind<Record>) Registry.of(RateScheduleKind.class).find(settings)).create(settings);
    }
}
