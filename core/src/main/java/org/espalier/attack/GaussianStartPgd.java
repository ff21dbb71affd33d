package org.espalier.attack;

import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Engine;
import org.espalier.engine.StepRule;
import org.espalier.loss.Loss;
import org.espalier.random.Stream;

/**
 * Signed gradient steps from the clean input plus a little Gaussian noise that is not clipped before the first step, as the
 * code of TRADES makes its examples (Zhang et al., 2019). Without the noise a loss that compares with the clean input has no
 * gradient at the start, and the attack never leaves it. Not a kind of its own in experiments.
 *
 * @param epsilon radius of the L-infinity ball, at least 0
 * @param step length of a step, at least 0
 * @param steps at least 0
 * @param sigma standard deviation of the noise, at least 0
 */
public record GaussianStartPgd(double epsilon, double step, int steps, double sigma) implements Attack {
    public GaussianStartPgd {
        Settings.notNegative("epsilon", epsilon);
        Settings.notNegative("step", step);
        Settings.notNegative("sigma", sigma);
        if (steps < 0) {
            throw new IllegalArgumentException("an attack's steps must be at least 0, got " + steps);
        }
    }

    @Override
    public String name() {
        return "pgd";
    }

    @Override
    public ThreatModel threat() {
        return new ThreatModel(Norm.LINF, (float) epsilon);
    }

    @Override
    public LabelChoice label() {
        return LabelChoice.TRUE;
    }

    @Override
    public boolean random() {
        return sigma > 0;
    }

    @Override
    public boolean scalable() {
        return true;
    }

    @Override
    public Attacker bind(Engine engine, ActivationBuffers buffers, Loss loss) {
        return new Bound(this, engine, buffers, loss);
    }

    private static final class Bound extends Attacker {
        private final GaussianStartPgd attack;
        private StepRule rule;

        Bound(GaussianStartPgd attack, Engine engine, ActivationBuffers buffers, Loss loss) {
            super(LabelChoice.TRUE, loss, engine, buffers);
            this.attack = attack;
            rule = rule(1);
        }

        private StepRule rule(double share) {
            return new StepRule.Sign((float) (attack.step * share), (float) (attack.epsilon * share));
        }

        @Override
        public Attack attack() {
            return attack;
        }

        @Override
        public void scale(double share) {
            rule = rule(share);
        }

        @Override
        protected void run(int panels, int[] labels, int firstLabel, int examples, Stream noise, int firstExample) {
            copyInputs(0, panels, panels, engine.liveInputs());
            if (attack.sigma > 0) {
                NoisyInputs.add(
                        buffers.input(),
                        0,
                        buffers.input(),
                        panels,
                        examples,
                        engine.liveInputs(),
                        noise,
                        firstExample,
                        attack.sigma);
            }
            for (int step = 0; step < attack.steps; step++) {
                forward(panels, panels);
                perturb(panels, panels, labels, firstLabel, examples, rule);
            }
        }

        @Override
        public void fillUnreadInputs(int examples, Stream noise, int firstExample) {
            int panels = ActivationPanels.panelsFor(examples);
            copyInputs(0, panels, panels, deadInputs());
        }
    }
}
