/** The {@code espalier} command: reads what the user asks, calls the modules below, shows what they answer. */
@NullMarked
package org.espalier.cli;

import org.jspecify.annotations.NullMarked;
