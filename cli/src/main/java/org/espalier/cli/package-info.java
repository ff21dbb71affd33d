/** The {@code espalier} command: parses the command line, calls the other modules and shows results. */
@NullMarked
package org.espalier.cli;

import org.jspecify.annotations.NullMarked;
