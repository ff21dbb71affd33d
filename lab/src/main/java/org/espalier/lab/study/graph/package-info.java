/** Tickets of a graph convolutional network on a graph of neighbouring images. */
@NullMarked
package org.espalier.lab.study.graph;

import org.jspecify.annotations.NullMarked;
