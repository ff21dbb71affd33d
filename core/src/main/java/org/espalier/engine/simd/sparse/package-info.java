/** Sparse matrix kernels on the Vector API. */
@NullMarked
package org.espalier.engine.simd.sparse;

import org.jspecify.annotations.NullMarked;
