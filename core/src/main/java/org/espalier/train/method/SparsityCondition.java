package org.espalier.train.method;

import org.espalier.engine.Engine;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;
import org.espalier.train.BatchObjective;
import org.espalier.train.Objective;
import org.espalier.train.ObjectiveContext;
import org.espalier.train.ObjectiveKind;

/**
 * Adversarial training with joint penalties on sparsity and on condition numbers, in the style of Feng et al., "Lipschitz
 * constant meets condition number" (2025), whose code and text were not available: the form of both penalties is ours.
 * {@code loss + sparsity x mean over weights of log(1 + r w^2) / log(1 + r) + condition x sum over layers of C(W)}; C is {@link ConditionPenalty}'s.
 */
@Kind("tscnc-style")
public record SparsityCondition(
        @Setting(value = "weight of the penalty on sparsity", preset = "0.001", min = 0)
        double sparsity,

        @Setting(value = "r of the penalty on sparsity", preset = "100", min = 0, above = true)
        double sharpness,

        @Setting(value = "weight of the penalty on condition numbers", preset = "0.001", min = 0)
        double condition,

        @Setting(
                value = "updates between those that have the penalty on condition numbers, with so many times its"
                        + " weight; its gradient costs more than an update's",
                preset = "10",
                min = 1)
        int every) {
    /** Registers the kind. */
    public static final class Definition implements ObjectiveKind<SparsityCondition> {
        @Override
        public Class<SparsityCondition> settings() {
            return SparsityCondition.class;
        }

        @Override
        public boolean ramps() {
            return true;
        }

        /** The penalty is of surviving weights alone, and replaces the gradients that rules read. */
        @Override
        public boolean underMaskRules(SparsityCondition settings) {
            return false;
        }

        @Override
        public Objective create(SparsityCondition settings, ObjectiveContext context) {
            return new Penalised(
                    Methods.attacked(
                            new PairLoss.Mixed(context.naturalShare()),
                            Methods.attack("tscnc-style", context),
                            context),
                    settings);
        }
    }

    /** The objective. */
    record Penalised(AttackedObjective inner, SparsityCondition penalties) implements Objective {
        @Override
        public BatchObjective bind(Engine engine, int examples, float labelSmoothing) {
            return new PenalisedGradient(penalties, inner.bind(engine, examples, labelSmoothing));
        }
    }
}
