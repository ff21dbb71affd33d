/** Dense matrix kernels on the Vector API. */
@NullMarked
package org.espalier.engine.simd.dense;

import org.jspecify.annotations.NullMarked;
