/** Rules of several phases: pruning while the network trains, and dense networks that inherit a ticket. */
@NullMarked
package org.espalier.dynamic.phases;

import org.jspecify.annotations.NullMarked;
