/** Learning values of actions with several masks in one network. */
@NullMarked
package org.espalier.lab.study.control;

import org.jspecify.annotations.NullMarked;
