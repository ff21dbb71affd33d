/** Measurements of a search: series by network, the iteration that is chosen, published values. */
@NullMarked
package org.espalier.report.result;

import org.jspecify.annotations.NullMarked;
