/** Losses and noise on panels, and the choice of kernels. */
@NullMarked
package org.espalier.engine.ops;

import org.jspecify.annotations.NullMarked;
