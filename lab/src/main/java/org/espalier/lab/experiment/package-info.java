/** Experiments: their settings, files, presets and schema. */
@NullMarked
package org.espalier.lab.experiment;

import org.jspecify.annotations.NullMarked;
