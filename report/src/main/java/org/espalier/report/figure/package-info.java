/** Which figures a report has: their data, made from measurements and stored networks. */
@NullMarked
package org.espalier.report.figure;

import org.jspecify.annotations.NullMarked;
