/**
 * Stored networks to be attacked or certified: where they are found, which levels of a search are meant, which data they
 * classify, and where what is found about them is kept.
 */
@NullMarked
package org.espalier.lab.tickets;

import org.jspecify.annotations.NullMarked;
