package org.espalier.lab.store;

import org.espalier.network.Mask;
import org.espalier.network.Weights;

/** Weights and the mask that they are trained under; weights are +0 where pruned. */
public record StoredNetwork(Weights weights, Mask mask) {}
