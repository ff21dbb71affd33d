/**
 * Robustness evaluations of stored tickets: attacks, rules and stored results; docs/guides/robustness.md says how to
 * use them, docs/reference/store.md describes every file.
 */
@NullMarked
package org.espalier.lab.robustness;

import org.jspecify.annotations.NullMarked;
