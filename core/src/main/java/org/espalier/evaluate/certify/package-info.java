/**
 * Bounds that no attack can pass: intervals, linear bounds and exact verification of masked networks.
 *
 * <p>What a certificate says, and how rounding is covered, is derived in {@link
 * org.espalier.evaluate.certify.chain.SparseNetwork} and in docs/guides/certification.md.
 */
@NullMarked
package org.espalier.evaluate.certify;

import org.jspecify.annotations.NullMarked;
