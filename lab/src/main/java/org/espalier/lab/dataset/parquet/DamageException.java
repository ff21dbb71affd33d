package org.espalier.lab.dataset.parquet;

import java.io.Serial;

/** A file is not as the format says, or has what is not read. {@link ParquetTable} adds the file's name. */
final class DamageException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    /**
     * A problem.
     *
     * @param problem the rest of a sentence that begins with the file's name
     */
    DamageException(String problem) {
        super(problem);
    }
}
