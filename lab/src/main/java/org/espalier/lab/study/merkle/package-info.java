/** Pruning of LeNet-5 without adversarial training, beside published figures. */
@NullMarked
package org.espalier.lab.study.merkle;

import org.jspecify.annotations.NullMarked;
