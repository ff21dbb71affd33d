/** Commands that make the figures of the documents again: the paper's tables and figures. */
@NullMarked
package org.espalier.cli.reproduce;

import org.jspecify.annotations.NullMarked;
