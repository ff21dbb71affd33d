package org.espalier.attack;

import java.util.Arrays;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Engine;
import org.espalier.engine.StepRule;
import org.espalier.loss.Loss;
import org.espalier.random.Stream;

/** Runs {@link Pgd}; each step is one forward and one backward pass with the signed step fused into its end. */
final class PgdAttacker extends Attacker {
    private final Pgd attack;
    private StepRule.Sign rule;
    /** Whether losses decide which point an example keeps; without it nothing but the last point is ever needed. */
    private final boolean choosing;

    private final ActivationPanels best; // the points kept so far; one panel, unused, unless choosing
    private final double[] bestLoss; // (example)
    private final double[] exampleLoss; // (example)
    private int panels; // of the present batch: panel q's clean inputs are in panel q - panels

    PgdAttacker(Pgd attack, Engine engine, ActivationBuffers buffers, Loss loss) {
        super(attack.label(), loss, engine, buffers);
        this.attack = attack;
        rule = rule(1);
        choosing = attack.keep() == KeptIterate.BEST || attack.restarts() > 1;
        int examples = choosing ? buffers.panels() / 2 * ActivationPanels.LANES : 0;
        best = new ActivationPanels(choosing ? buffers.input().features() : 1, Math.max(examples, 1));
        bestLoss = new double[examples];
        exampleLoss = new double[examples];
    }

    private StepRule.Sign rule(double share) {
        return new StepRule.Sign((float) (attack.step() * share), (float) (attack.epsilon() * share));
    }

    @Override
    public void scale(double share) {
        rule = rule(share);
    }

    @Override
    public Pgd attack() {
        return attack;
    }

    @Override
    protected void run(int panels, int[] labels, int firstLabel, int examples, Stream noise, int firstExample) {
        this.panels = panels;
        Arrays.fill(bestLoss, Double.NEGATIVE_INFINITY);
        for (int restart = 0; restart < attack.restarts(); restart++) {
            start(restart == 0 ? noise : noise.child(restart), firstExample, engine.liveInputs());
            for (int step = 0; step < attack.steps(); step++) {
                forward(panels, panels);
                if (attack.keep() == KeptIterate.BEST) {
                    keepBetter(labels, firstLabel, examples);
                }
                perturb(panels, panels, labels, firstLabel, examples, rule);
            }
            if (choosing) {
                forward(panels, panels);
                keepBetter(labels, firstLabel, examples);
            }
        }
        if (choosing) {
            restoreBest(examples);
        }
    }

    private void start(Stream noise, int firstExample, int[] features) {
        if (attack.randomStart()) {
            engine.ops()
                    .uniformNoise(
                            noise,
                            firstExample,
                            buffers.input(),
                            0,
                            buffers.input(),
                            panels,
                            panels,
                            features,
                            rule.epsilon());
        } else {
            copyInputs(0, panels, panels, features);
        }
    }

    private void keepBetter(int[] labels, int firstLabel, int examples) {
        losses(panels, labels, firstLabel, examples, exampleLoss);
        ActivationPanels input = buffers.input();
        int[] features = engine.liveInputs();
        for (int e = 0; e < examples; e++) {
            // A loss that is not a number counts as the highest: it is a broken input.
            if (exampleLoss[e] > bestLoss[e] || Double.isNaN(exampleLoss[e]) && !Double.isNaN(bestLoss[e])) {
                bestLoss[e] = exampleLoss[e];
                for (int feature : features) {
                    best.set(feature, e, input.get(feature, panels * ActivationPanels.LANES + e));
                }
            }
        }
    }

    private void restoreBest(int examples) {
        for (int feature : engine.liveInputs()) {
            for (int e = 0; e < examples; e++) {
                buffers.input().set(feature, panels * ActivationPanels.LANES + e, best.get(feature, e));
            }
        }
    }

    @Override
    public void fillUnreadInputs(int examples, Stream noise, int firstExample) {
        panels = ActivationPanels.panelsFor(examples);
        start(noise, firstExample, deadInputs());
    }
}
