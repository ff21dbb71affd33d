package org.espalier.attack.strong;

import org.espalier.setting.Extension;
import org.espalier.setting.Kind;
import org.espalier.setting.Registry;

/**
 * A kind of attack for suites: one entry of a suite file's {@code attacks}. Norm and radius are the evaluation's.
 *
 * @param <S> the attack's settings; the attack itself may be that record
 */
public interface EvaluationAttackKind<S extends Record> extends Extension<S> {
    /**
     * The attack of the settings.
     *
     * @throws org.espalier.UserException if settings do not go together
     */
    StrongAttack create(S settings);

    /** The attack of a settings record of any registered kind; a plug-in's records its provider and version. */
    @SuppressWarnings("unchecked")
    static StrongAttack of(Record settings) {
        StrongAttack attack = ((EvaluationAttackKind<Record>)
                        Registry.of(EvaluationAttackKind.class).find(settings))
                .create(settings);
        Kind kind = Registry.kind(settings.getClass());
        return kind.provider().isEmpty() ? attack : new PluginAttack(attack, kind.provider(), kind.version());
    }
}
