/** Draws figures as SVG and PDF. */
@NullMarked
package org.espalier.report.chart.draw;

import org.jspecify.annotations.NullMarked;
