/** A network as bounds go through it: sparse affine layers in a chain, ReLUs between them, made from any graph. */
@NullMarked
package org.espalier.evaluate.certify.chain;

import org.jspecify.annotations.NullMarked;
