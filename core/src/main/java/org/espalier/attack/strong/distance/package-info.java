/** Attacks that search for the nearest adversarial example: minimum-norm and decision-based. */
@NullMarked
package org.espalier.attack.strong.distance;

import org.jspecify.annotations.NullMarked;
