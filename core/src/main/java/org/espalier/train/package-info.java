/** Objectives, optimizers and the training loop. */
@NullMarked
package org.espalier.train;

import org.jspecify.annotations.NullMarked;
