/** Studies of the tickets of a search. */
@NullMarked
package org.espalier.lab.study.ticket;

import org.jspecify.annotations.NullMarked;
