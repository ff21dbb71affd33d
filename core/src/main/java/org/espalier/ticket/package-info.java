/** Levels, restart strategies and the search for tickets. */
@NullMarked
package org.espalier.ticket;

import org.jspecify.annotations.NullMarked;
