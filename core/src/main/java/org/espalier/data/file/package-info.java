/** Readers of data files and their digests. */
@NullMarked
package org.espalier.data.file;

import org.jspecify.annotations.NullMarked;
