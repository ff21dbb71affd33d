package org.espalier.lab.store;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Origin of a store's content; that of the latest run if runs differ.
 *
 * @param version Espalier's version
 * @param numerics raised whenever a change of code changes results
 * @param java version and vendor of the Java runtime
 * @param system operating system and processor architecture
 * @param processor model name, or "unknown"
 * @param processors available to the process
 * @param engine the engine: vector width or scalar code
 * @param jobs levels trained at once
 * @param seed the experiment's
 * @param data SHA-256 of each data set (see {@link org.espalier.data.DataSet#digest})
 * @param command arguments of the command line
 * @param started UTC instant in ISO 8601
 */
public record Provenance(
        String version,
        int numerics,
        String java,
        String system,
        String processor,
        int processors,
        String engine,
        int jobs,
        long seed,
        Map<String, String> data,
        List<String> command,
        String started) {
    public Provenance {
        data = Collections.unmodifiableMap(new LinkedHashMap<>(data));
        command = List.copyOf(command);
    }
}
