package org.espalier.lab.store;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.espalier.UserException;
import org.espalier.lab.file.Json;
import org.espalier.network.Architecture;
import tools.jackson.databind.JsonNode;

/**
 * The member {@code network} of {@code level.json}: {@code {"kind": "fully-connected", "widths": [784, 300, 10], "biases":
 * false}}. Levels written before it existed have the same widths and biases in {@code determined-by}.
 */
final class NetworkDescription {
    private static final String FULLY_CONNECTED = "fully-connected";

    private NetworkDescription() {}

    static Map<String, Object> write(Architecture architecture) {
        Map<String, Object> network = new LinkedHashMap<>();
        network.put("kind", FULLY_CONNECTED);
        network.put("widths", architecture.fullyConnected().orElseThrow().widths());
        network.put("biases", architecture.fullyConnected().orElseThrow().biases());
        return network;
    }

    /**
     * Reads the network of a level.
     *
     * @param level content of its {@code level.json}
     * @param source the file, for messages
     * @throws UserException if the description is missing or damaged, or of a kind that this version does not know
     */
    static Architecture read(JsonNode level, String source) {
        if (level.path("network").isMissingNode()) {
            return widths(Json.object(Json.object(level, "determined-by", source), "network", source), source);
        }
        JsonNode network = Json.object(level, "network", source);
        String kind = Json.string(network, "kind", source);
        if (!kind.equals(FULLY_CONNECTED)) {
            throw new UserException(
                    source + ": network.kind is \"" + kind + "\", expected \"" + FULLY_CONNECTED + "\"");
        }
        return widths(network, source);
    }

    private static Architecture widths(JsonNode network, String source) {
        try {
            return new Architecture(
                    counts(network, "widths", source), network.has("biases") && Json.truth(network, "biases", source));
        } catch (IllegalArgumentException e) {
            throw new UserException(source + " is damaged: " + e.getMessage(), e);
        }
    }

    /** A list of whole numbers, at least 0. */
    static List<Integer> counts(JsonNode object, String name, String source) {
        List<Integer> counts = new ArrayList<>();
        for (JsonNode count : Json.list(object, name, source)) {
            if (!count.isIntegralNumber() || !count.canConvertToInt() || count.intValue() < 0) {
                throw new UserException(source + " is damaged: " + name + " holds " + count);
            }
            counts.add(count.intValue());
        }
        if (counts.isEmpty()) {
            throw new UserException(source + " is damaged: " + name + " is missing");
        }
        return counts;
    }
}
