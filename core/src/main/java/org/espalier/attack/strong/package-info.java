/** Attacks for measuring robustness, from several families, parameter-free where possible. */
@NullMarked
package org.espalier.attack.strong;

import org.jspecify.annotations.NullMarked;
