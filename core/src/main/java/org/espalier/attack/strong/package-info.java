/** Attacks that the field trusts to measure robustness: strong, parameter-free where they can be, from several families. */
@NullMarked
package org.espalier.attack.strong;

import org.jspecify.annotations.NullMarked;
