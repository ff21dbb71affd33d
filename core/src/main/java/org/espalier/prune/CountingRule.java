package org.espalier.prune;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** How many of n surviving weights a fraction p prunes. */
public enum CountingRule {
    /** round(p n), halves up. */
    EXACT {
        @Override
        int round(BigDecimal product) {
            return product.setScale(0, RoundingMode.HALF_UP).intValueExact();
        }
    },
    /**
     * round(p n) + 1, halves to even: the paper's published code cuts at element number round(p n) (NumPy's rounding)
     * of the sorted magnitudes and prunes that one too.
     */
    AS_PUBLISHED {
        @Override
        int round(BigDecimal product) {
            return product.setScale(0, RoundingMode.HALF_EVEN).intValueExact() + 1;
        }
    };

    /**
     * Weights to prune, at most {@code survivors}. The product is exact: 0.2 means two tenths, not the double nearest
     * to it.
     *
     * @param fraction in [0, 1]
     * @param survivors at least 0
     */
    public int pruned(double fraction, int survivors) {
        if (!(fraction >= 0 && fraction <= 1)) {
            throw new IllegalArgumentException("a fraction to prune must lie in 0 to 1, got " + fraction);
        }
        return Math.min(survivors, round(BigDecimal.valueOf(fraction).multiply(BigDecimal.valueOf(survivors))));
    }

    abstract int round(BigDecimal product);
}
