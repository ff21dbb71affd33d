/** Kernels of convolutions on the Vector API. */
@NullMarked
package org.espalier.engine.simd.conv;

import org.jspecify.annotations.NullMarked;
