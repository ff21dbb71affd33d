package org.espalier.attack;

import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Engine;
import org.espalier.engine.StepRule;
import org.espalier.loss.Loss;
import org.espalier.random.Stream;

/** Runs {@link Fgsm}: the gradient of the clean pass that the caller has run anyway, so one backward pass in all. */
final class FgsmAttacker extends Attacker {
    private final Fgsm attack;
    private StepRule rule;

    FgsmAttacker(Fgsm attack, Engine engine, ActivationBuffers buffers, Loss loss) {
        super(attack.label(), loss, engine, buffers);
        this.attack = attack;
        rule = rule(1);
    }

    private StepRule rule(double share) {
        float epsilon = (float) (attack.epsilon() * share);
        return new StepRule.Sign(epsilon, epsilon);
    }

    @Override
    public void scale(double share) {
        rule = rule(share);
    }

    @Override
    public Fgsm attack() {
        return attack;
    }

    @Override
    public boolean readsCleanPass() {
        return true;
    }

    @Override
    protected void run(int panels, int[] labels, int firstLabel, int examples, Stream noise, int firstExample) {
        copyInputs(0, panels, panels, engine.liveInputs());
        perturb(0, panels, labels, firstLabel, examples, rule);
    }

    @Override
    public void fillUnreadInputs(int examples, Stream noise, int firstExample) {
        int used = ActivationPanels.panelsFor(examples);
        copyInputs(0, used, used, deadInputs());
    }
}
