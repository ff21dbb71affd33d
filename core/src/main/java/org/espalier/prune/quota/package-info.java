/** Quotas: the density of each layer. */
@NullMarked
package org.espalier.prune.quota;

import org.jspecify.annotations.NullMarked;
