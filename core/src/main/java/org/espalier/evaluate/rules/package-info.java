/** What makes a robustness figure one to be refused or doubted: checks over the results of attacks, with their evidence. */
@NullMarked
package org.espalier.evaluate.rules;

import org.jspecify.annotations.NullMarked;
