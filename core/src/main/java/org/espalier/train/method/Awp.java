package org.espalier.train.method;

import java.util.Optional;
import org.espalier.engine.Engine;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;
import org.espalier.train.BatchObjective;
import org.espalier.train.Objective;
import org.espalier.train.ObjectiveContext;
import org.espalier.train.ObjectiveKind;

/**
 * Adversarial weight perturbation: each update takes its gradient at {@code w + v}, where v of a layer has the length {@code gamma
 * |w|} and the direction of the loss's gradient at w. Wu, Xia and Wang, "Adversarial weight perturbation helps robust generalization" (2020),
 * with the published code's proxy of one plain ascent step, whose length cancels. Pruned weights stay 0 and enter no norm.
 * Biases and batch norms are not perturbed. The weights are restored from a copy before the optimizer's step, so penalties and decay
 * see w; the published code's see w + v.
 */
@Kind("awp")
public record Awp(
        @Setting(
                value =
                        "length of the perturbation relative to each layer's weights; published: 0.01, with trades 0.005",
                preset = "0.01",
                min = 0)
        double gamma,

        @Setting(value = "updates without perturbation at the start of a level", preset = "0", min = 0)
        int warmUp,

        @Setting(
                value =
                        "adversarial: cross-entropies mixed by natural-share; trades and mart: the losses of these methods",
                preset = "adversarial")
        Losses loss,

        @Setting(
                value =
                        "weight of the divergence of trades and mart; 1 and 5 if not given. The loss adversarial has none",
                min = 0)
        Optional<Double> weight) {
    /** Losses to perturb with. */
    public enum Losses {
        ADVERSARIAL,
        TRADES,
        MART
    }

    public Awp {
        if (loss == Losses.ADVERSARIAL && weight.isPresent()) {
            throw new IllegalArgumentException("weight is given, expected none with the loss adversarial");
        }
    }

    /** Registers the kind. */
    public static final class Definition implements ObjectiveKind<Awp> {
        @Override
        public Class<Awp> settings() {
            return Awp.class;
        }

        @Override
        public boolean ramps() {
            return true;
        }

        @Override
        public boolean movesWeights(Awp settings) {
            return true;
        }

        @Override
        public Objective create(Awp settings, ObjectiveContext context) {
            return new Perturbed(
                    switch (settings.loss) {
                        case ADVERSARIAL ->
                            Methods.attacked(
                                    new PairLoss.Mixed(context.naturalShare()),
                                    Methods.attack("awp", context),
                                    context);
                        case TRADES -> Trades.objective(settings.weight.orElse(1.0), 0.001, "awp", context);
                        case MART ->
                            Methods.attacked(
                                    new PairLoss.Mart(settings.weight.orElse(5.0)),
                                    Methods.attack("awp", context),
                                    context);
                    },
                    settings.gamma,
                    settings.warmUp);
        }
    }

    /** The objective. */
    record Perturbed(AttackedObjective inner, double gamma, int warmUp) implements Objective {
        @Override
        public BatchObjective bind(Engine engine, int examples, float labelSmoothing) {
            return new AwpGradient(this, inner.bind(engine, examples, labelSmoothing));
        }
    }
}
