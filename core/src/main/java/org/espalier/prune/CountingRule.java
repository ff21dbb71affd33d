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
    },
    /**
     * ceil(p n) + 1, where n counts the weights of layers that stay too: open_lth cuts at element number ceil(p n) of the sorted
     * magnitudes of the layers that take part, counted from 0, and keeps what is strictly above. Nothing where p is 0.
     */
    OPEN_LTH {
        @Override
        int round(BigDecimal product) {
            return product.signum() == 0
                    ? 0
                    : product.setScale(0, RoundingMode.CEILING).intValueExact() + 1;
        }

        @Override
        int pruned(double fraction, int survivors, int all, int staying) {
            return Math.min(survivors, pruned(fraction, survivors + staying));
        }
    },
    /**
     * So many that round(r N) of all N weights are gone, halves to even, with r the share that is gone after p of the survivors
     * went. Over the whole network these are the counts of Merkle, Samsinger and Schoettle, "Pruning in the face of adversaries"
     * (2021), and their code; in a layer, rounding of earlier levels adds up, and theirs does not.
     */
    OF_ALL {
        @Override
        int round(BigDecimal product) {
            return product.setScale(0, RoundingMode.HALF_EVEN).intValueExact();
        }

        @Override
        int pruned(double fraction, int survivors, int all, int staying) {
            check(fraction);
            BigDecimal gone = BigDecimal.valueOf(all - survivors)
                    .add(BigDecimal.valueOf(fraction).multiply(BigDecimal.valueOf(survivors)));
            return Math.clamp(round(gone) - (all - survivors), 0, survivors);
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
        check(fraction);
        return Math.min(survivors, round(BigDecimal.valueOf(fraction).multiply(BigDecimal.valueOf(survivors))));
    }

    private static void check(double fraction) {
        if (!(fraction >= 0 && fraction <= 1)) {
            throw new IllegalArgumentException("a fraction to prune must lie in 0 to 1, got " + fraction);
        }
    }

    /**
     * The same of a part of a network.
     *
     * @param all weights of the part before any pruning
     * @param staying surviving weights outside the part, which stay
     */
    int pruned(double fraction, int survivors, int all, int staying) {
        return pruned(fraction, survivors);
    }

    abstract int round(BigDecimal product);
}
