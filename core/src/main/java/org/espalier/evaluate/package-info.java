/** Accuracies, natural and adversarial, and their records. */
@NullMarked
package org.espalier.evaluate;

import org.jspecify.annotations.NullMarked;
