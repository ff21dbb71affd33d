/** The command {@code espalier data} and its subcommands. */
@NullMarked
package org.espalier.cli.data;

import org.jspecify.annotations.NullMarked;
