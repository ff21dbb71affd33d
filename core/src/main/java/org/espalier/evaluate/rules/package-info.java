/** Rules that refuse or doubt a robustness figure: checks of attack results, with their evidence. */
@NullMarked
package org.espalier.evaluate.rules;

import org.jspecify.annotations.NullMarked;
