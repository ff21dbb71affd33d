package org.espalier.attack.strong;

/** What an attack reads from the network that it attacks, from most to least. */
public enum Access {
    /** Logits and gradients. */
    WHITE_BOX("white-box"),
    /** Logits only. */
    SCORES("scores"),
    /** The predicted class only. */
    DECISIONS("decisions"),
    /** Nothing; examples are made on another network. */
    TRANSFER("transfer"),
    /** Nothing: the attack draws at random. */
    NONE("none");

    private final String label;

    Access(String label) {
        this.label = label;
    }

    @Override
    public String toString() {
        return label;
    }
}
