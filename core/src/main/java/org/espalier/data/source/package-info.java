/** Sources of data files: directories, the cache, HTTP and packages. */
@NullMarked
package org.espalier.data.source;

import org.jspecify.annotations.NullMarked;
