/** Tickets found early in training: masks of weights or channels that hardly change any more. */
@NullMarked
package org.espalier.dynamic.early;

import org.jspecify.annotations.NullMarked;
