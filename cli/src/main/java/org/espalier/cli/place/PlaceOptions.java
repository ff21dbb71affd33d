package org.espalier.cli.place;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.espalier.lab.runner.RunRequest;
import org.espalier.setting.Plugins;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Options that choose where a command works. */
@SuppressWarnings("NullAway.Init") // Picocli sets the fields.
public final class PlaceOptions {
    @Option(
            names = "--on",
            paramLabel = "PLACE",
            description = "Work on a cluster: spark. Changes no result. Each place is a module of its own.")
    private Optional<String> on;

    @Option(
            names = "--master",
            paramLabel = "URL",
            description = "With --on: address of the cluster, e.g. spark://HOST:7077.")
    private Optional<String> master;

    @Option(
            names = "--store",
            paramLabel = "URL",
            description =
                    "With --on: the store that all machines share, e.g. hdfs://HOST:9000/mine (default: the directory of"
                            + " the search, which all machines must mount).")
    private Optional<String> store;

    @Option(
            names = "--conf",
            paramLabel = "NAME=VALUE",
            description = "With --on: a setting of the place, e.g. spark.executor.cores=4. May be repeated.")
    private Map<String, String> conf = new LinkedHashMap<>();

    /**
     * The place, if one is given.
     *
     * @throws ParameterException if settings of a place are given without one
     * @throws org.espalier.UserException if there is no such place
     */
    public Optional<RunPlace> place(CommandSpec spec) {
        if (on.isEmpty() && (master.isPresent() || store.isPresent() || !conf.isEmpty())) {
            throw new ParameterException(spec.commandLine(), "--master, --store and --conf need --on, e.g. --on spark");
        }
        return on.map(Places::find);
    }

    /**
     * What the place is asked for.
     *
     * @param jobs most levels or batches at the same time, if limited
     * @param dataBytes memory that a process needs for the program and the data
     * @param jobBytes memory that a process needs for each level or batch in work
     */
    public PlaceRequest request(RunRequest run, Optional<Integer> jobs, long dataBytes, long jobBytes) {
        return new PlaceRequest(run, jobs, master, store, conf, Plugins.directory(), dataBytes, jobBytes);
    }
}
