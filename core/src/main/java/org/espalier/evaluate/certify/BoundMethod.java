package org.espalier.evaluate.certify;

/** Methods for lower bounds of margins. Later ones are tighter and slower. */
public enum BoundMethod {
    /**
     * Intervals from layer to layer; the last layer and the difference of two logits are bounded together. Gowal et
     * al., "On the effectiveness of interval bound propagation for training verifiably robust models" (2018), section
     * 3.
     */
    IBP("ibp"),
    /** Linear bounds of the margins over hidden bounds made by intervals: Zhang et al., "Towards stable and efficient
     * training of verifiably robust neural networks" (2020), section 3.2. */
    CROWN_IBP("crown-ibp"),
    /**
     * Linear bounds of every hidden unit that may change sign, and of the margins: Zhang et al., "Efficient neural
     * network robustness certification with general activation functions" (2018), with the lower slope of each ReLU 0
     * or 1, whichever gives the smaller triangle.
     */
    CROWN("crown"),
    /**
     * CROWN with lower slopes optimised for tighter bounds of hidden units and margins: Xu et al., "Fast and complete:
     * enabling complete verification with massively parallel incomplete verifiers" (2021).
     */
    ALPHA_CROWN("alpha-crown");

    private final String label;

    BoundMethod(String label) {
        this.label = label;
    }

    boolean linearHidden() {
        return this == CROWN || this == ALPHA_CROWN;
    }

    boolean linearMargins() {
        return this != IBP;
    }

    @Override
    public String toString() {
        return label;
    }
}
