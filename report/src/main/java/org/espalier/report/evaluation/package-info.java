/** Robustness evaluations and certificates of a search, read from its store and grouped. */
@NullMarked
package org.espalier.report.evaluation;

import org.jspecify.annotations.NullMarked;
