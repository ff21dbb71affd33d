/** The command {@code espalier bench} and its tables. */
@NullMarked
package org.espalier.cli.bench;

import org.jspecify.annotations.NullMarked;
