/** Threat models and attacks. */
@NullMarked
package org.espalier.attack;

import org.jspecify.annotations.NullMarked;
