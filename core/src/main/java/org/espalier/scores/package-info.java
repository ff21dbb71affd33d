/** Masks that training learns as scores of weights: edge-popup, HYDRA, HARP, movement pruning. */
@NullMarked
package org.espalier.scores;

import org.jspecify.annotations.NullMarked;
