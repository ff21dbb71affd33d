/** How far a search is and what its time went into. */
@NullMarked
package org.espalier.report.status;

import org.jspecify.annotations.NullMarked;
