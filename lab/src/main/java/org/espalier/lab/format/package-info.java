/** Data formats that need a library. */
@NullMarked
package org.espalier.lab.format;

import org.jspecify.annotations.NullMarked;
