/** Tickets of untrained convolutional networks as priors of images. */
@NullMarked
package org.espalier.lab.study.prior;

import org.jspecify.annotations.NullMarked;
