package org.espalier.engine.layer;

/**
 * Decides, per layer, between dense kernels and kernels over surviving weights, and from when on zeros are left out. Never
 * changes a result.
 */
@FunctionalInterface
public interface DenseOrSparsePolicy {
    /** Always dense. */
    DenseOrSparsePolicy DENSE = (inputs, outputs, live) -> true;

    /** Surviving weights only. */
    DenseOrSparsePolicy SPARSE = (inputs, outputs, live) -> false;

    /**
     * Whether a layer runs dense.
     *
     * @param live weights of the layer that lie on a path from an input to a logit
     */
    boolean dense(int inputs, int outputs, int live);

    /**
     * Share of a panel's rows and lanes below which leaving out the zeros of what enters a product is faster than what
     * {@link #dense} said; 0 for never. Where it is more, the dense weight gradient looks for zeros, too.
     *
     * @param live as for {@link #dense}
     * @param dense what it said
     */
    default double activeBelow(int inputs, int outputs, int live, boolean dense) {
        return 0;
    }
}
