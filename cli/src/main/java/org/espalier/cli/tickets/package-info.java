/** Commands about the tickets that a clone keeps. */
@NullMarked
package org.espalier.cli.tickets;

import org.jspecify.annotations.NullMarked;
