/** What the engine does on the machine at hand: {@code espalier bench}. */
@NullMarked
package org.espalier.lab.bench;

import org.jspecify.annotations.NullMarked;
