/** JSON, safetensors, locks and whole files. */
@NullMarked
package org.espalier.lab.file;

import org.jspecify.annotations.NullMarked;
