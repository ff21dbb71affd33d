/** Tickets of a generative adversarial network. */
@NullMarked
package org.espalier.lab.study.gan;

import org.jspecify.annotations.NullMarked;
