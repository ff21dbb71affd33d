/** Networks made of random samples, without training. */
@NullMarked
package org.espalier.construct;

import org.jspecify.annotations.NullMarked;
