/** Tensors with names as other software stores them, and the archives that they come in. */
@NullMarked
package org.espalier.lab.exchange.tensor;

import org.jspecify.annotations.NullMarked;
