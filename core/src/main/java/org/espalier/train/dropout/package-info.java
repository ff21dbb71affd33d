/** Training with dropout of hidden units: kinds of {@link org.espalier.train.Objective}. */
@NullMarked
package org.espalier.train.dropout;

import org.jspecify.annotations.NullMarked;
