package org.espalier.prune;

import org.espalier.setting.Extension;
import org.espalier.setting.Registry;

/**
 * A kind of {@link Criterion}: what {@code pruning.criterion} can name.
 *
 * @param <S> the criterion's settings; the criterion itself may be that record
 */
public interface CriterionKind<S extends Record> extends Extension<S> {
    /**
     * The criterion of the settings; it declares what it needs in {@link Criterion#needs}.
     *
     * @throws org.espalier.UserException if settings do not go together
     */
    Criterion create(S settings);

    /** The criterion of a settings record of any registered kind. */
    @SuppressWarnings("unchecked")
    static Criterion of(Record settings) {
        return ((CriterionKind<Record>) Registry.of(CriterionKind.class).find(settings)).create(settings);
    }
}
