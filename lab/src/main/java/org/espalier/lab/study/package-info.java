/** Studies: questions about tickets that a command answers with tables and figures, kept beside the search. */
@NullMarked
package org.espalier.lab.study;

import org.jspecify.annotations.NullMarked;
