/** Attacks within a given radius: APGD, Square, noise and transfer. */
@NullMarked
package org.espalier.attack.strong.radius;

import org.jspecify.annotations.NullMarked;
