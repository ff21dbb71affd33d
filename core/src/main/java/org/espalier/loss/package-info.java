/** Losses of logits and their gradients, example by example or over a batch. */
@NullMarked
package org.espalier.loss;

import org.jspecify.annotations.NullMarked;
