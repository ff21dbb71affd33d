/** Counter-based random streams: every draw is a pure function of seed, purpose and position. */
@NullMarked
package org.espalier.random;

import org.jspecify.annotations.NullMarked;
