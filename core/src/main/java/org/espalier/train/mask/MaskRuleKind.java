package org.espalier.train.mask;

import org.espalier.setting.Extension;
import org.espalier.setting.Registry;

/**
 * A kind of {@link MaskRule}: what {@code training.mask} can name.
 *
 * @param <S> the rule's settings; the rule itself may be that record
 */
public interface MaskRuleKind<S extends Record> extends Extension<S> {
    /**
     * The rule of the settings.
     *
     * @throws org.espalier.UserException if settings do not go together
     */
    MaskRule create(S settings);

    /** The rule of a settings record of any registered kind. */
    @SuppressWarnings("unchecked")
    static MaskRule of(Record settings) {
        return ((MaskRuleKind<Record>) Registry.of(MaskRuleKind.class).find(settings)).create(settings);
    }
}
