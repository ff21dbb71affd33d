/** Settings records, the kinds that an experiment can choose from, and plug-ins that add kinds. */
@NullMarked
package org.espalier.setting;

import org.jspecify.annotations.NullMarked;
