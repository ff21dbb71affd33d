/** Where {@code espalier run} may have levels trained beside this machine. */
@NullMarked
package org.espalier.cli.place;

import org.jspecify.annotations.NullMarked;
