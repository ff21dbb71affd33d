/** The command that runs benchmarks of pruning methods. */
@NullMarked
package org.espalier.cli.benchmark;

import org.jspecify.annotations.NullMarked;
