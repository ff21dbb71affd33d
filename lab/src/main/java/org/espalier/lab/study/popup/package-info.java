/** A study of edge-popup on networks whose connections are doubled. */
@NullMarked
package org.espalier.lab.study.popup;

import org.jspecify.annotations.NullMarked;
