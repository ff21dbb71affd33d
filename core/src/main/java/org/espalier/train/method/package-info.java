/** Methods of training beside natural, adversarial and certified training: each a kind of {@link org.espalier.train.Objective}. */
@NullMarked
package org.espalier.train.method;

import org.jspecify.annotations.NullMarked;
