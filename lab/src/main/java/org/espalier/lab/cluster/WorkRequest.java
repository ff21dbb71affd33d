package org.espalier.lab.cluster;

import java.nio.file.Path;
import java.time.Duration;
import org.espalier.lab.runner.RunRequest;

/**
 * What a worker does.
 *
 * @param run the search, jobs at once, and the time between checkpoints, each of which is published
 * @param scratch a directory of this worker alone, on a disk of its machine
 * @param term how long a lease counts after the worker is gone, at least 1 second
 * @param poll pause before the worker looks again when all levels that can start are held by others
 * @param leave whether to end as soon as other workers hold all that is left, instead of waiting for it
 * @param verify whether to check the digests of all finished levels first and to train damaged ones again
 */
public record WorkRequest(RunRequest run, Path scratch, Duration term, Duration poll, boolean leave, boolean verify) {
    /** Usual term of a lease. */
    public static final Duration USUAL_TERM = Duration.ofMinutes(5);

    /** Usual time between published checkpoints. */
    public static final Duration USUAL_CHECKPOINT = Duration.ofMinutes(3);

    public WorkRequest {
        if (term.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException("a lease counts for at least 1 second, got " + term);
        }
    }
}
