/** Tables, charts and measurements as text, Markdown, LaTeX and CSV. */
@NullMarked
package org.espalier.report.format;

import org.jspecify.annotations.NullMarked;
