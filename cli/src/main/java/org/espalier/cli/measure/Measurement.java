package org.espalier.cli.measure;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.espalier.lab.file.AtomicFiles;
import org.espalier.lab.file.Json;
import org.espalier.lab.store.StoreWriter;
import org.espalier.lab.tickets.Ticket;

/**
 * The result of a measurement of a ticket.
 *
 * @param kind what is measured; the folder of the file
 * @param settings that the result depends on; they begin with the network
 * @param result by name
 */
record Measurement(Ticket ticket, String kind, Map<String, Object> settings, Map<String, Object> result) {
    /** The file; its name follows from the settings, so that the same measurement has one file. */
    Path file() {
        return ticket.measurements(kind).resolve(StoreWriter.key(settings) + ".json");
    }

    /** Writes the file. */
    void write() {
        Map<String, Object> content = new LinkedHashMap<>();
        content.put("format", "espalier-1");
        content.put("kind", kind);
        content.put("settings", settings);
        content.putAll(result);
        AtomicFiles.makeDirectory(ticket.measurements(kind));
        AtomicFiles.write(file(), (Json.write(content) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** Members of a line of JSON: the file, and the ticket's place in its search. */
    Map<String, Object> origin() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("file", file().toString());
        ticket.place().ifPresent(place -> members.putAll(place.members()));
        return members;
    }

    /** The line of JSON: origin, settings and result. */
    String line() {
        Map<String, Object> line = origin();
        line.put("settings", settings);
        line.putAll(result);
        return Json.write(line);
    }
}
