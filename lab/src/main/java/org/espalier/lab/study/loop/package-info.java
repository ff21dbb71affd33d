/** What studies share that train networks by losses of their own. */
@NullMarked
package org.espalier.lab.study.loop;

import org.jspecify.annotations.NullMarked;
