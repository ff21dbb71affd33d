package org.espalier.attack;

import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.Engine;

/**
 * An attack's settings: immutable, comparable, and all that determines the attack's result beside network, inputs
 * and random stream.
 */
public sealed interface Attack permits Fgsm, Pgd {
    /** Name in tables and files: {@code fgsm}, {@code pgd}. */
    String name();

    /** What the attack keeps to. */
    ThreatModel threat();

    /** Which class the attack drives inputs away from. */
    LabelChoice label();

    /** Whether two draws of randomness can give two results. */
    boolean random();

    /**
     * Makes the attack ready to run on an engine. Done once for many batches: all buffers are made here.
     *
     * @param pass buffers for clean and adversarial examples side by side: at least twice the panels of the largest
     *     batch; see {@link Attacker}
     */
    default Attacker bind(Engine engine, ActivationBuffers pass) {
        return switch (this) {
            case Fgsm fgsm -> new FgsmAttacker(fgsm, engine, pass);
            case Pgd pgd -> new PgdAttacker(pgd, engine, pass);
        };
    }
}
