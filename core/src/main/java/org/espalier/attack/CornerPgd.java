package org.espalier.attack;

import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Engine;
import org.espalier.engine.StepRule;
import org.espalier.loss.Loss;
import org.espalier.random.Stream;
import org.espalier.random.Threefry;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;

/**
 * Projected gradient descent as {@link Pgd}, from a corner of the ball: every input starts at {@code x + epsilon} or {@code x -
 * epsilon}, clipped to [0, 1]. Each example draws the share of its raised inputs uniformly. The last iterate counts, and the
 * attack moves away from the true class.
 *
 * <p>A network can learn units that only inputs near the surface of the ball wake. At the clean input and at a start uniform in
 * the ball the gradient of most inputs is then exactly zero, and {@link Pgd} does not see what a search without gradients finds.
 *
 * @param epsilon radius of the L-infinity ball, at least 0
 * @param step size of one step, at least 0
 * @param steps number of steps, at least 0
 */
@Kind("corner-pgd")
public record CornerPgd(
        @Setting(value = "radius of the L-infinity ball, in pixel values 0 to 1", preset = "0.3", min = 0, max = 1)
        double epsilon,

        @Setting(value = "length of a step, in pixel values", preset = "0.05", min = 0, above = true, max = 1)
        double step,

        @Setting(value = "steps", preset = "10", min = 1) int steps)
        implements Attack {
    /** Number of the draw of an example's share; inputs have the numbers from 0 on. */
    private static final int SHARE = -1;

    public CornerPgd {
        Settings.notNegative("epsilon", epsilon);
        Settings.notNegative("step", step);
        if (steps < 0) {
            throw new IllegalArgumentException("an attack's steps must be at least 0, got " + steps);
        }
    }

    @Override
    public String name() {
        return "corner-pgd";
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
        return true;
    }

    @Override
    public boolean scalable() {
        return true;
    }

    @Override
    public Attacker bind(Engine engine, ActivationBuffers buffers, Loss loss) {
        return new Bound(this, engine, buffers, loss);
    }

    /** Registers the kind. */
    public static final class Definition implements TrainingAttackKind<CornerPgd> {
        @Override
        public Class<CornerPgd> settings() {
            return CornerPgd.class;
        }

        @Override
        public Attack create(CornerPgd settings) {
            return settings;
        }
    }

    /**
     * Moves one example to its corner.
     *
     * @param clean unattacked inputs
     * @param from the example's place in them
     * @param out receives the corner
     * @param to the example's place in it
     * @param epsilon radius of the ball
     * @param example number that the draws depend on
     * @param features inputs to move
     */
    static void start(
            ActivationPanels clean,
            int from,
            ActivationPanels out,
            int to,
            float epsilon,
            Stream noise,
            int example,
            int[] features) {
        float share = draw(noise, example, SHARE);
        for (int feature : features) {
            boolean up = draw(noise, example, feature) < share;
            float input = clean.get(feature, from);
            out.set(feature, to, up ? Math.min(input + epsilon, 1f) : Math.max(input - epsilon, 0f));
        }
    }

    private static float draw(Stream noise, int example, int number) {
        return Stream.toUnit((int) Threefry.block(noise.key0(), noise.key1(), example, number));
    }

    private static final class Bound extends Attacker {
        private final CornerPgd attack;
        private StepRule.Sign rule;

        Bound(CornerPgd attack, Engine engine, ActivationBuffers buffers, Loss loss) {
            super(LabelChoice.TRUE, loss, engine, buffers);
            this.attack = attack;
            rule = rule(1);
        }

        private StepRule.Sign rule(double share) {
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
            start(panels, examples, noise, firstExample, engine.liveInputs());
            for (int step = 0; step < attack.steps; step++) {
                forward(panels, panels);
                perturb(panels, panels, labels, firstLabel, examples, rule);
            }
        }

        private void start(int panels, int examples, Stream noise, int firstExample, int[] features) {
            // Padding lanes must hold finite values.
            copyInputs(0, panels, panels, features);
            ActivationPanels input = buffers.input();
            int shift = panels * ActivationPanels.LANES;
            for (int e = 0; e < examples; e++) {
                CornerPgd.start(input, e, input, shift + e, rule.epsilon(), noise, firstExample + e, features);
            }
        }

        @Override
        public void fillUnreadInputs(int examples, Stream noise, int firstExample) {
            start(ActivationPanels.panelsFor(examples), examples, noise, firstExample, deadInputs());
        }
    }
}
