/** Suites: named lists of attacks that together measure robustness. */
@NullMarked
package org.espalier.evaluate.suite;

import org.jspecify.annotations.NullMarked;
