/** Courses of the learning rate over a level. */
@NullMarked
package org.espalier.train.rate;

import org.jspecify.annotations.NullMarked;
