/** The memory that a search needs, and the memory that there is. */
@NullMarked
package org.espalier.cli.memory;

import org.jspecify.annotations.NullMarked;
