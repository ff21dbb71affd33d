/** The float32 engine for any graph of layers, from the kernels of linear layers and of convolutions. */
@NullMarked
package org.espalier.engine.graph;

import org.jspecify.annotations.NullMarked;
