/** Elementary functions with the same bits on every machine. */
@NullMarked
package org.espalier.math;

import org.jspecify.annotations.NullMarked;
