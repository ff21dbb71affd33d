/** Espalier's core: what finds sparse networks that withstand attack, free of any dependency. */
@NullMarked
package org.espalier;

import org.jspecify.annotations.NullMarked;
