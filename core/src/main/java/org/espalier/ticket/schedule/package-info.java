/** Schedules: how much is pruned at which level. */
@NullMarked
package org.espalier.ticket.schedule;

import org.jspecify.annotations.NullMarked;
