/** What strong attacks share: per-example search, geometry of balls and boxes, step rules. */
@NullMarked
package org.espalier.attack.strong.search;

import org.jspecify.annotations.NullMarked;
