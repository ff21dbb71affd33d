/** A test of evaluation itself: the suite {@code standard} and the rules on networks whose correct result is known. */
@NullMarked
package org.espalier.lab.selftest;

import org.jspecify.annotations.NullMarked;
