/** Runs experiments: plans their levels, trains each once, several at a time, and continues what was interrupted. */
@NullMarked
package org.espalier.lab.runner;

import org.jspecify.annotations.NullMarked;
