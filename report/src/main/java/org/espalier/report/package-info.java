/** Tables and files made from a finished or running search. Reads the store and nothing else. */
@NullMarked
package org.espalier.report;

import org.jspecify.annotations.NullMarked;
