package org.espalier.lab.cluster;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.espalier.UserException;
import org.espalier.lab.file.Json;
import tools.jackson.databind.JsonNode;

/**
 * Says which worker trains a level. It counts for its term from when the file was last written.
 *
 * @param worker name of the worker, unique among all
 * @param host name of its machine
 * @param process number of its process there
 * @param termSeconds at least 1
 */
public record Lease(String worker, String host, long process, long termSeconds) {
    byte[] encode() {
        Map<String, Object> file = new LinkedHashMap<>();
        file.put("worker", worker);
        file.put("host", host);
        file.put("pid", process);
        file.put("term-seconds", termSeconds);
        return (Json.write(file) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** Reads a lease; empty if its writer was killed while it wrote. */
    static Optional<Lease> decode(byte[] content) {
        try {
            JsonNode file = Json.parse(content, "lease");
            return Optional.of(new Lease(
                    Json.string(file, "worker", "lease"),
                    Json.string(file, "host", "lease"),
                    Json.wide(file, "pid", "lease"),
                    Json.wide(file, "term-seconds", "lease")));
        } catch (UserException e) {
            return Optional.empty();
        }
    }
}
