/**
 * Tables, figures and files made from a finished or running search. Packages below read the store only;
 * {@link org.espalier.report.example} alone runs networks, to show images under attack.
 */
@NullMarked
package org.espalier.report;

import org.jspecify.annotations.NullMarked;
