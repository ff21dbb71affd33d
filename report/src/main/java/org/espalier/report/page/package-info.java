/** The report as a page: one file that needs no other, read in a browser, on a phone or on paper. */
@NullMarked
package org.espalier.report.page;

import org.jspecify.annotations.NullMarked;
