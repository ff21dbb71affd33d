package org.espalier.train.method;

import org.espalier.attack.GaussianStartPgd;
import org.espalier.attack.Pgd;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;
import org.espalier.train.Objective;
import org.espalier.train.ObjectiveContext;
import org.espalier.train.ObjectiveKind;

/**
 * TRADES: mean cross-entropy on clean examples + {@code beta} x mean KL(clean predictions || attacked predictions), with the gradient
 * through both. Zhang, Yu, Jiao, Xing, El Ghaoui and Jordan (2019). Epsilon, step and steps are those of the entry's pgd attack, which
 * here increases the divergence, from a Gaussian start.
 */
@Kind("trades")
public record Trades(
        @Setting(value = "weight of the divergence; published: 1 on digits, 6 on colour images", preset = "1", min = 0)
        double beta,

        @Setting(value = "standard deviation of the Gaussian start, in pixel values", preset = "0.001", min = 0)
        double noise) {
    /** Registers the kind. */
    public static final class Definition implements ObjectiveKind<Trades> {
        @Override
        public Class<Trades> settings() {
            return Trades.class;
        }

        @Override
        public boolean ramps() {
            return true;
        }

        @Override
        public Objective create(Trades settings, ObjectiveContext context) {
            return objective(settings.beta, settings.noise, "trades", context);
        }
    }

    static AttackedObjective objective(double beta, double noise, String method, ObjectiveContext context) {
        Pgd pgd = Methods.pgd(method, context);
        return Methods.attacked(
                new PairLoss.Trades(beta),
                new GaussianStartPgd(pgd.epsilon(), pgd.step(), pgd.steps(), noise),
                context);
    }
}
