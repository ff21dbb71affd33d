/** Masks that change in training, and masks that training learns. */
@NullMarked
package org.espalier.train.mask;

import org.jspecify.annotations.NullMarked;
