/** What a report is made of, and the parts that write it. */
@NullMarked
package org.espalier.report.content;

import org.jspecify.annotations.NullMarked;
