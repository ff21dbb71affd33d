/** Measurements beside robust accuracy: calibration and randomised smoothing. */
@NullMarked
package org.espalier.evaluate.measure;

import org.jspecify.annotations.NullMarked;
