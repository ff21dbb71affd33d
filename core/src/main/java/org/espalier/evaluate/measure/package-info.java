/** Measurements beside robust accuracy: calibration, randomised smoothing, singular values and local Lipschitz constants. */
@NullMarked
package org.espalier.evaluate.measure;

import org.jspecify.annotations.NullMarked;
