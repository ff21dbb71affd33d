/** The engine of float32 kernels: scalar or vector, dense or sparse by layer, with the same bits. */
@NullMarked
package org.espalier.engine.vector;

import org.jspecify.annotations.NullMarked;
