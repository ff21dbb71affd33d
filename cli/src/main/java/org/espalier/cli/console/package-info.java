/** The terminal: output, error output, exit codes, logging and interruption. */
@NullMarked
package org.espalier.cli.console;

import org.jspecify.annotations.NullMarked;
