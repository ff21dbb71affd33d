/**
 * Stored networks to attack or certify: their files, the choice of levels of a search, their data, and the directories
 * of their results.
 */
@NullMarked
package org.espalier.lab.tickets;

import org.jspecify.annotations.NullMarked;
