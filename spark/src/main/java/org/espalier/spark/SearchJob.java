package org.espalier.spark;

import java.io.Serializable;
import java.util.List;
import java.util.Map;

/**
 * What executors need to know of a search; the rest is in the shared store.
 *
 * @param run unique to this run
 * @param version of the driver's Espalier
 * @param numerics of the driver's Espalier
 * @param store address of the shared store
 * @param hadoop settings of Hadoop, as {@link Stores} writes them
 * @param archives by name of a data set, the file of the job that has it
 * @param folders by name of a data set, the user's folder of it, which executors see under the same path
 * @param kernels name of the kernel mode
 * @param checkpointMillis time between published checkpoints
 * @param leaseMillis term of a lease, at least 1000
 * @param command the driver's command line
 */
record SearchJob(
        String run,
        String version,
        int numerics,
        String store,
        byte[] hadoop,
        Map<String, String> archives,
        Map<String, String> folders,
        String kernels,
        long checkpointMillis,
        long leaseMillis,
        List<String> command)
        implements Serializable {}
