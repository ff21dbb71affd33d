/** Tickets of a network that learns classes task by task. */
@NullMarked
package org.espalier.lab.study.lifelong;

import org.jspecify.annotations.NullMarked;
