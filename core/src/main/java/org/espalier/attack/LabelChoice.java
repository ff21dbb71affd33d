package org.espalier.attack;

/** Which class an attack drives an input away from. */
public enum LabelChoice {
    /** The example's true class. */
    TRUE,
    /**
     * The class that the network predicts on the clean input, with its present weights. Prevents label leaking
     * (Kurakin, Goodfellow and Bengio, "Adversarial machine learning at scale", 2017, section 4.1); an input that
     * is already misclassified is driven away from its wrong class.
     */
    PREDICTED
}
