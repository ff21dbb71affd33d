/** Linear layers for engines: surviving weights in the order that kernels want, and products by the kernels that suit them. */
@NullMarked
package org.espalier.engine.layer;

import org.jspecify.annotations.NullMarked;
