/** Small tickets kept with their figures, so that anybody can check them in seconds. */
@NullMarked
package org.espalier.lab.collection;

import org.jspecify.annotations.NullMarked;
