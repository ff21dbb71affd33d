package org.espalier.train;

import org.espalier.setting.Extension;
import org.espalier.setting.Registry;

/**
 * A kind of {@link Objective}: what {@code method} in an entry of {@code objectives} can name.
 *
 * @param <S> the method's settings
 */
public interface ObjectiveKind<S extends Record> extends Extension<S> {
    /**
     * The objective of the settings.
     *
     * @throws org.espalier.UserException if settings do not go together, or an attack is missing or too many
     */
    Objective create(S settings, ObjectiveContext context);

    /** Whether an entry of the kind can have an {@code epsilon-ramp}: {@link ObjectiveContext#epsilonRamp} then has it. */
    default boolean ramps() {
        return false;
    }

    /**
     * Whether it can train under a rule that changes the mask. It cannot if it replaces weights or gradients that the rule goes by.
     */
    default boolean underMaskRules(S settings) {
        return true;
    }

    /**
     * Whether it moves surviving weights while it computes a gradient. It cannot train under a rule that {@linkplain
     * org.espalier.train.mask.MaskRule#prunesByZeros prunes by zeros}, since it takes the engine's mask for the surviving ones.
     */
    default boolean movesWeights(S settings) {
        return false;
    }

    /** {@link #movesWeights(Record)} of a settings record of any registered kind. */
    @SuppressWarnings("unchecked")
    static boolean weightsMove(Record settings) {
        return ((ObjectiveKind<Record>) kindOf(settings)).movesWeights(settings);
    }

    /** {@link #underMaskRules(Record)} of a settings record of any registered kind. */
    @SuppressWarnings("unchecked")
    static boolean trainsUnderMaskRules(Record settings) {
        return ((ObjectiveKind<Record>) kindOf(settings)).underMaskRules(settings);
    }

    /** The kind of a settings record. */
    static ObjectiveKind<?> kindOf(Record settings) {
        return (ObjectiveKind<?>) Registry.of(ObjectiveKind.class).find(settings);
    }

    /** The objective of a settings record of any registered kind. */
    @SuppressWarnings("unchecked")
    static Objective of(Record settings, ObjectiveContext context) {
        return ((ObjectiveKind<Record>) Registry.of(ObjectiveKind.class).find(settings)).create(settings, context);
    }
}
