/** The grid of the paper as ordinary experiments in ordinary stores, one store for each data set and kind of training. */
@NullMarked
package org.espalier.lab.reproduce;

import org.jspecify.annotations.NullMarked;
