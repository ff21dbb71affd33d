/** Progress of searches, evaluations, certificates and downloads, as lines or bars. */
@NullMarked
package org.espalier.cli.progress;

import org.jspecify.annotations.NullMarked;
