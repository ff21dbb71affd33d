package org.espalier.train.mask;

import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Stream;

/**
 * How the mask of a level changes while it trains, or how training learns it: immutable and comparable. {@link MaskRuleKind}
 * makes one of an experiment's settings.
 */
public interface MaskRule {
    /**
     * The mask that training begins with. May change the weights that it begins with; the caller sets pruned ones to zero.
     *
     * @param weights initial weights of the dense network, the caller's to keep
     * @param stream for rules that draw
     */
    Mask start(Weights weights, Stream stream);

    /** Makes the rule ready for one level's training. */
    MaskProcess bind(MaskTraining training);

    /** Whether the rule calls {@link MaskTraining#allGradients}: the level's engine is then an {@link AllGradientsEngine}. */
    default boolean allGradients() {
        return false;
    }

    /** Whether the mask has its final density from the first update to the last. */
    default boolean constantDensity() {
        return false;
    }

    /**
     * Whether the engine holds zeros under a dense mask where the rule prunes. An objective that moves weights by the engine's mask
     * would then move pruned ones.
     */
    default boolean prunesByZeros() {
        return false;
    }

    /** Whether the rule is of robust losses alone: an objective then needs an attack or a bound. */
    default boolean robustLossesOnly() {
        return false;
    }

    /**
     * Refuses a level that the rule cannot work in.
     *
     * @param iterations updates of the level, at least 1
     * @throws IllegalArgumentException that says what is wrong, to follow the setting's name
     */
    default void check(int iterations) {}

    /**
     * Refuses a network that the rule cannot work on.
     *
     * @throws IllegalArgumentException that says what is wrong, to follow the setting's name
     */
    default void check(Architecture architecture) {}
}
