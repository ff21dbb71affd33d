/** Benchmarks of kernels and whole training steps; run with {@code benchmarks/run}. */
@NullMarked
package org.espalier.benchmarks;

import org.jspecify.annotations.NullMarked;
