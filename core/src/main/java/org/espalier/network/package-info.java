/** Architectures, weights, masks and initial weights. */
@NullMarked
package org.espalier.network;

import org.jspecify.annotations.NullMarked;
