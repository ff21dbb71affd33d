/** Figures as data: panels, axes, lines and legends. */
@NullMarked
package org.espalier.report.chart;

import org.jspecify.annotations.NullMarked;
