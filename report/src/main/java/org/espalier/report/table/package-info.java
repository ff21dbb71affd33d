/** Tables as data: captions, blocks, rows and notes. */
@NullMarked
package org.espalier.report.table;

import org.jspecify.annotations.NullMarked;
