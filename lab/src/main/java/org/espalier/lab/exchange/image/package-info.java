/** Image files as pixels. */
@NullMarked
package org.espalier.lab.exchange.image;

import org.jspecify.annotations.NullMarked;
