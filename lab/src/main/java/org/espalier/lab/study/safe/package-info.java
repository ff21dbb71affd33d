/** Masks for semi-supervised training with unlabelled images of unknown classes. */
@NullMarked
package org.espalier.lab.study.safe;

import org.jspecify.annotations.NullMarked;
