/** Networks in float64, for what float32 cannot rank. */
@NullMarked
package org.espalier.engine.precise;

import org.jspecify.annotations.NullMarked;
