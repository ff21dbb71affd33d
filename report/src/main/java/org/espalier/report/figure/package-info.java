/** Figures as data, made from the store, and their drawing as SVG files. The page draws the same data with Vega-Lite. */
@NullMarked
package org.espalier.report.figure;

import org.jspecify.annotations.NullMarked;
