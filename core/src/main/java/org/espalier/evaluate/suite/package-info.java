/** Suites: named lists of attacks that together measure how robust a network is. */
@NullMarked
package org.espalier.evaluate.suite;

import org.jspecify.annotations.NullMarked;
