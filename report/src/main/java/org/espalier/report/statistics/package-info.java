/**
 * Intervals and tests of what trials show. Apache Commons Statistics computes them; here stands which of them are used,
 * and what is said where they say nothing.
 */
@NullMarked
package org.espalier.report.statistics;

import org.jspecify.annotations.NullMarked;
