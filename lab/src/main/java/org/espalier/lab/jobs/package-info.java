/** The queue that runs levels, evaluation batches and certificates. */
@NullMarked
package org.espalier.lab.jobs;

import org.jspecify.annotations.NullMarked;
