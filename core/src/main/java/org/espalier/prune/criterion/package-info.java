/** Criteria that read gradients or score whole units. */
@NullMarked
package org.espalier.prune.criterion;

import org.jspecify.annotations.NullMarked;
