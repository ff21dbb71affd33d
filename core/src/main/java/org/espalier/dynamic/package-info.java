/** Rules that change the mask in training: drop and grow. */
@NullMarked
package org.espalier.dynamic;

import org.jspecify.annotations.NullMarked;
