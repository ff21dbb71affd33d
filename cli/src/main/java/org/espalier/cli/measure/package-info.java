/**
 * Commands that measure more of a ticket than its robust accuracy: calibration, randomised smoothing, corrupted images, singular
 * values, Lipschitz constants, sums of random samples, and studies.
 */
@NullMarked
package org.espalier.cli.measure;

import org.jspecify.annotations.NullMarked;
