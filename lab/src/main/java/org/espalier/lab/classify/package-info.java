/** Tickets in use: classes and probabilities of inputs. */
@NullMarked
package org.espalier.lab.classify;

import org.jspecify.annotations.NullMarked;
