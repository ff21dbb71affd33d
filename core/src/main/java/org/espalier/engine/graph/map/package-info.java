/** Feature maps of a graph: where their values stand in a panel, the windows of pools, and loops over values. */
@NullMarked
package org.espalier.engine.graph.map;

import org.jspecify.annotations.NullMarked;
