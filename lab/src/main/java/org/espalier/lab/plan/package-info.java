/** From an experiment to the levels to compute. */
@NullMarked
package org.espalier.lab.plan;

import org.jspecify.annotations.NullMarked;
