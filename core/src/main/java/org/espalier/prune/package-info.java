/** Criteria that score weights and pruning rules that turn scores into masks. */
@NullMarked
package org.espalier.prune;

import org.jspecify.annotations.NullMarked;
