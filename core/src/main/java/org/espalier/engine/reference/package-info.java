/** The float64 reference engine that every kernel is tested against. */
@NullMarked
package org.espalier.engine.reference;

import org.jspecify.annotations.NullMarked;
