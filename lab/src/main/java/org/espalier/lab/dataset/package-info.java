/** Data sets made of the user's own files: what {@code espalier data import} does. */
@NullMarked
package org.espalier.lab.dataset;

import org.jspecify.annotations.NullMarked;
