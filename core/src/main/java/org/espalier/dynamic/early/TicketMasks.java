package org.espalier.dynamic.early;

import org.espalier.network.Mask;
import org.espalier.network.Weights;

/** The masks that a search for an early ticket makes and compares. */
interface TicketMasks {
    /** The mask that a dense network of these weights would get. */
    Mask cut(Weights weights);

    /** Positions at which masks differ, as a fraction of all positions: a normalised Hamming distance, in [0, 1]. */
    double distance(Mask a, Mask b);

    /** Positions of the newer mask that the other lacks, as a fraction of all that it keeps, in [0, 1]. */
    double keptDistance(Mask earlier, Mask newest);
}
