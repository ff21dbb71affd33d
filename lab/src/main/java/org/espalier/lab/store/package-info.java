/** The files of a search, written whole and checked when read; docs/reference/store.md describes every file. */
@NullMarked
package org.espalier.lab.store;

import org.jspecify.annotations.NullMarked;
