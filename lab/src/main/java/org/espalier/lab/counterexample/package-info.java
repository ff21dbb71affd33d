/** Adversarial examples in files: those that evaluations and certificates keep, and those of other programs. */
@NullMarked
package org.espalier.lab.counterexample;

import org.jspecify.annotations.NullMarked;
