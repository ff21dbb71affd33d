package org.espalier.cli.place;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.espalier.lab.runner.RunRequest;

/**
 * What to train, or to evaluate, and where.
 *
 * @param run the search and its directory on this machine
 * @param jobs most levels or batches at the same time, if limited
 * @param master address of the cluster, if given
 * @param store address of the store that all machines share; empty for the search's directory itself
 * @param settings of the place, by name
 * @param plugins directory of plug-in jars, if there is one
 * @param dataBytes memory that a process needs for the program and the data
 * @param jobBytes memory that a process needs for each level or batch in work
 */
public record PlaceRequest(
        RunRequest run,
        Optional<Integer> jobs,
        Optional<String> master,
        Optional<String> store,
        Map<String, String> settings,
        Optional<Path> plugins,
        long dataBytes,
        long jobBytes) {
    public PlaceRequest {
        settings = Map.copyOf(settings);
    }
}
