package org.espalier.engine;

/** Decides, per layer, between dense kernels and kernels over surviving weights. Never changes a result. */
@FunctionalInterface
interface KernelPolicy {
    /** Always dense. */
    KernelPolicy DENSE = layer -> true;

    /** Surviving weights only. */
    KernelPolicy SPARSE = layer -> false;

    /** Whether a layer's products run dense. */
    boolean dense(CompactLayer layer);

    /** By density alone: dense above the crossover. */
    static KernelPolicy above(double density) {
        return layer -> layer.live > density * layer.inputs * layer.outputs;
    }
}
