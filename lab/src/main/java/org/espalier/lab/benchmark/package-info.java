/** Benchmarks of pruning methods: the experiments of a definition, their final networks and what was measured of them. */
@NullMarked
package org.espalier.lab.benchmark;

import org.jspecify.annotations.NullMarked;
