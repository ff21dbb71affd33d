/** Types that scalar and vector kernels share. */
@NullMarked
package org.espalier.engine.kernel;

import org.jspecify.annotations.NullMarked;
