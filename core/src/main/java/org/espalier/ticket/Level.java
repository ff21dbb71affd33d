package org.espalier.ticket;

import org.espalier.network.Mask;
import org.espalier.network.Weights;

/**
 * A level about to be trained.
 *
 * @param number 0 is the dense level
 * @param start the weights that training starts from; zero where pruned
 * @param mask the weights that survive
 */
public record Level(int number, Weights start, Mask mask) {}
