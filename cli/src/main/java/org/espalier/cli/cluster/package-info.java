/** Commands for searches on clusters. */
@NullMarked
package org.espalier.cli.cluster;

import org.jspecify.annotations.NullMarked;
