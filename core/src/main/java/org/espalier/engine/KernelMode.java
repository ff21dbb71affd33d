package org.espalier.engine;

/** Which kernels an engine runs. All give the same bits; they differ in speed. */
public enum KernelMode {
    /** Per layer, dense or sparse: whichever a short measurement found faster at its shape and density. */
    AUTO,
    /** All weights under the mask, pruned ones included. */
    DENSE,
    /** Surviving weights only. */
    SPARSE
}
