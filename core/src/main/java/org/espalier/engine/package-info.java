/** What runs a network: forward passes, gradients and optimizer updates. */
@NullMarked
package org.espalier.engine;

import org.jspecify.annotations.NullMarked;
