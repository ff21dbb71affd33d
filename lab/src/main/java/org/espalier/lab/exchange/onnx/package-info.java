/** ONNX files: reading and writing of the messages, and the operators as {@link org.espalier.network.Graph graphs}. */
@NullMarked
package org.espalier.lab.exchange.onnx;

import org.jspecify.annotations.NullMarked;
