package org.espalier.attack;

import java.lang.foreign.MemorySegment;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Engine;
import org.espalier.engine.InputGradientSink;
import org.espalier.engine.ops.Elementwise;
import org.espalier.loss.Loss;
import org.espalier.random.Stream;

/** Runs {@link Fgsm}: the gradient of the clean pass that the caller has run anyway, so one backward pass in all. */
final class FgsmAttacker extends Attacker implements InputGradientSink {
    private final Fgsm attack;
    private int panels; // of the present batch: clean panel q is attacked in panel q + panels

    FgsmAttacker(Fgsm attack, Engine engine, ActivationBuffers pass, Loss loss) {
        super(attack.label(), loss, engine, pass);
        this.attack = attack;
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
        this.panels = panels;
        inputGradient(0, panels, labels, firstLabel, examples, this);
    }

    @Override
    public void accept(int panel, MemorySegment gradient, long offset, int[] features, int first, int count) {
        copyRows(panel, panel + panels, features, first, count);
        Elementwise.signStep(
                gradient,
                offset,
                features,
                first,
                count,
                pass.input(),
                panel,
                pass.input(),
                panel + panels,
                (float) attack.epsilon(),
                (float) attack.epsilon());
    }

    @Override
    public void fillUnreadInputs(int examples, Stream noise, int firstExample) {
        int used = ActivationPanels.panelsFor(examples);
        copyInputs(0, used, used, deadInputs());
    }
}
