/** {@code espalier import}, {@code export} and {@code predict}: networks from elsewhere, and tickets to where they are used. */
@NullMarked
package org.espalier.cli.exchange;

import org.jspecify.annotations.NullMarked;
