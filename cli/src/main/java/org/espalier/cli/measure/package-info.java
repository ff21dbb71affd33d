/** Commands that measure more of a ticket than its robust accuracy: calibration and randomised smoothing. */
@NullMarked
package org.espalier.cli.measure;

import org.jspecify.annotations.NullMarked;
