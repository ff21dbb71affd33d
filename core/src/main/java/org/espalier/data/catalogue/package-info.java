/** Known data sets: listing, finding and fetching them. */
@NullMarked
package org.espalier.data.catalogue;

import org.jspecify.annotations.NullMarked;
