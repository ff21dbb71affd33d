/**
 * Robustness evaluations of stored tickets: attacked how, checked by which rules, and what is kept of it;
 * docs/guides/robustness.md says how to use them, docs/reference/store.md describes every file.
 */
@NullMarked
package org.espalier.lab.robustness;

import org.jspecify.annotations.NullMarked;
