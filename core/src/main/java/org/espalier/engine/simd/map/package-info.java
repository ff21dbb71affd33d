/** Layers without weights and batch norm with vector registers. */
@NullMarked
package org.espalier.engine.simd.map;

import org.jspecify.annotations.NullMarked;
