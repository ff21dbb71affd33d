/** Data sets: formats, sources with checksums, splits and batches. */
@NullMarked
package org.espalier.data;

import org.jspecify.annotations.NullMarked;
