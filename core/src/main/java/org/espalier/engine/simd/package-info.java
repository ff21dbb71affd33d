/** Kernels on the Vector API. */
@NullMarked
package org.espalier.engine.simd;

import org.jspecify.annotations.NullMarked;
