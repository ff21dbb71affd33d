package org.espalier.prune;

import org.espalier.setting.Extension;
import org.espalier.setting.Registry;

/**
 * A kind of {@link Quota}: what {@code pruning.quota} can name.
 *
 * @param <S> the quota's settings; the quota itself may be that record
 */
public interface QuotaKind<S extends Record> extends Extension<S> {
    /**
     * The quota of the settings.
     *
     * @throws org.espalier.UserException if settings do not go together
     */
    Quota create(S settings);

    /** The quota of a settings record of any registered kind. */
    @SuppressWarnings("unchecked")
    static Quota of(Record settings) {
        return ((QuotaKind<Record>) Registry.of(QuotaKind.class).find(settings)).create(settings);
    }
}
