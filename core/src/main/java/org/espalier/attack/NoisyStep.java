package org.espalier.attack;

import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Engine;
import org.espalier.engine.StepRule;
import org.espalier.loss.Loss;
import org.espalier.random.Stream;

/**
 * One signed gradient step from uniform noise, clipped to [0, 1] and NOT projected to a ball: an example may lie up to {@code noise + step}
 * from the clean input. Training examples of N-FGSM: de Jorge et al., "Make some noise: reliable and efficient single-step
 * adversarial training" (2022), algorithm 1. It measures nothing and is not a kind of its own in experiments, so no
 * evaluation has points outside its ball.
 *
 * @param noise half the width of the uniform noise, at least 0
 * @param step length of the step, at least 0
 */
public record NoisyStep(double noise, double step) implements Attack {
    /** Larger than the box of inputs: nothing is projected. */
    private static final float NO_BALL = 2;

    public NoisyStep {
        Settings.notNegative("noise", noise);
        Settings.notNegative("step", step);
    }

    @Override
    public String name() {
        return "n-fgsm";
    }

    /** The ball that holds all its points. */
    @Override
    public ThreatModel threat() {
        return new ThreatModel(Norm.LINF, (float) (noise + step));
    }

    @Override
    public LabelChoice label() {
        return LabelChoice.TRUE;
    }

    @Override
    public boolean random() {
        return noise > 0;
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
        private final NoisyStep attack;
        private StepRule rule;
        private float noise;

        Bound(NoisyStep attack, Engine engine, ActivationBuffers buffers, Loss loss) {
            super(LabelChoice.TRUE, loss, engine, buffers);
            this.attack = attack;
            noise = (float) attack.noise;
            rule = new StepRule.Sign((float) attack.step, NO_BALL);
        }

        @Override
        public Attack attack() {
            return attack;
        }

        @Override
        public void scale(double share) {
            noise = (float) (attack.noise * share);
            rule = new StepRule.Sign((float) (attack.step * share), NO_BALL);
        }

        @Override
        protected void run(int panels, int[] labels, int firstLabel, int examples, Stream stream, int firstExample) {
            start(panels, stream, firstExample, engine.liveInputs());
            forward(panels, panels);
            perturb(panels, panels, labels, firstLabel, examples, rule);
        }

        private void start(int panels, Stream stream, int firstExample, int[] features) {
            engine.ops()
                    .uniformNoise(
                            stream, firstExample, buffers.input(), 0, buffers.input(), panels, panels, features, noise);
        }

        @Override
        public void fillUnreadInputs(int examples, Stream stream, int firstExample) {
            start(ActivationPanels.panelsFor(examples), stream, firstExample, deadInputs());
        }
    }
}
