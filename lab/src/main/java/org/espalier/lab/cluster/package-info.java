/** Workers on several machines that train the levels of one search in a store that they share. */
@NullMarked
package org.espalier.lab.cluster;

import org.jspecify.annotations.NullMarked;
