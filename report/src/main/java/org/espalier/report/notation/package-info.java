/** Numbers and signs as text. */
@NullMarked
package org.espalier.report.notation;

import org.jspecify.annotations.NullMarked;
