/** Kernels in scalar code, with the same bits as the vector kernels. */
@NullMarked
package org.espalier.engine.scalar;

import org.jspecify.annotations.NullMarked;
