package org.espalier.attack;

import org.espalier.setting.Extension;
import org.espalier.setting.Registry;

/**
 * A kind of attack to train against and to measure with while training: one entry of an experiment's {@code attacks}.
 *
 * @param <S> the attack's settings; the attack itself may be that record
 */
public interface TrainingAttackKind<S extends Record> extends Extension<S> {
    /**
     * The attack of the settings.
     *
     * @throws org.espalier.UserException if settings do not go together
     */
    Attack create(S settings);

    /** The attack of a settings record of any registered kind. */
    @SuppressWarnings("unchecked")
    static Attack of(Record settings) {
        return ((TrainingAttackKind<Record>)
                        Registry.of(TrainingAttackKind.class).find(settings))
                .create(settings);
    }
}
