/**
 * The paper's tables, figures and claims, made from the stores of {@code espalier reproduce paper} and set beside the published
 * values.
 */
@NullMarked
package org.espalier.report.reproduction;

import org.jspecify.annotations.NullMarked;
