/** A reader of flat Parquet tables that takes no more memory than a file's values need, whatever the file claims. */
@NullMarked
package org.espalier.lab.dataset.parquet;

import org.jspecify.annotations.NullMarked;
