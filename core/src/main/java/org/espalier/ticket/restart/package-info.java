/** Restarts that are no plain copy of stored weights. */
@NullMarked
package org.espalier.ticket.restart;

import org.jspecify.annotations.NullMarked;
