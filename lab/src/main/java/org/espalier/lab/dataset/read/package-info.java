/** Readers of the user's files: pictures in folders, arrays and tables. */
@NullMarked
package org.espalier.lab.dataset.read;

import org.jspecify.annotations.NullMarked;
