/** What a search will take, before it is run. */
@NullMarked
package org.espalier.lab.estimate;

import org.jspecify.annotations.NullMarked;
