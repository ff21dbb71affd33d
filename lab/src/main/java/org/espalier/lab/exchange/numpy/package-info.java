/** NumPy's {@code .npy} and {@code .npz} files. */
@NullMarked
package org.espalier.lab.exchange.numpy;

import org.jspecify.annotations.NullMarked;
