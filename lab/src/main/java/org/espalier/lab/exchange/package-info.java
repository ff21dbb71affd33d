/** Networks from elsewhere as tickets, and tickets as files for other software. */
@NullMarked
package org.espalier.lab.exchange;

import org.jspecify.annotations.NullMarked;
