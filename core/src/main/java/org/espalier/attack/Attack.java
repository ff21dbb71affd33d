package org.espalier.attack;

import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.Engine;
import org.espalier.loss.CrossEntropy;
import org.espalier.loss.Loss;

/**
 * An attack's settings: immutable, comparable, and all that determines the attack's result beside network, inputs
 * and random stream. {@link TrainingAttackKind} makes one of an experiment's settings.
 */
public interface Attack {
    /** Name in tables and files: {@code fgsm}, {@code pgd}. */
    String name();

    /** What the attack keeps to. */
    ThreatModel threat();

    /** Which class the attack drives inputs away from. */
    LabelChoice label();

    /** Whether two draws of randomness can give two results. */
    boolean random();

    /** Whether {@link Attacker#scale} is there, for a ramp of epsilon. */
    default boolean scalable() {
        return false;
    }

    /**
     * Makes the attack ready to run on an engine. Done once for many batches: all buffers are made here.
     *
     * @param buffers buffers for clean and adversarial examples side by side: at least twice the panels of the largest
     *     batch; see {@link Attacker}
     */
    default Attacker bind(Engine engine, ActivationBuffers buffers) {
        return bind(engine, buffers, CrossEntropy.HARD);
    }

    /**
     * The same with another loss to increase.
     *
     * @param loss its reference, if it reads one, is the clean example
     */
    Attacker bind(Engine engine, ActivationBuffers buffers, Loss loss);
}
