package org.espalier.lab.experiment;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The short forms of the setting {@code network} with their kind said, so that a file that extends another replaces a network of
 * another kind as a whole.
 */
final class NetworkForms {
    private static final String NETWORK = "network";

    private NetworkForms() {}

    /** The document with {@code network: NAME} and {@code network: {layers: ...}} as mappings with a kind. */
    static Yaml whole(Yaml yaml) {
        if (!(yaml instanceof Yaml.Mapping(Map<String, Yaml> values, String place))) {
            return yaml;
        }
        Map<String, Yaml> changed = new LinkedHashMap<>(values);
        changed.computeIfPresent(NETWORK, (_, network) -> kindSaid(network));
        return new Yaml.Mapping(changed, place);
    }

    private static Yaml kindSaid(Yaml network) {
        if (network instanceof Yaml.Scalar name && !name.isNull()) {
            return new Yaml.Mapping(Map.of(Binder.KIND, name), name.place());
        } else if (network instanceof Yaml.Mapping(Map<String, Yaml> values, String place)
                && values.containsKey(Experiment.Network.LAYERS)
                && !values.containsKey(Binder.KIND)) {
            Map<String, Yaml> said = new LinkedHashMap<>(values);
            said.put(Binder.KIND, new Yaml.Scalar(Experiment.Network.LAYERS, false, place));
            return new Yaml.Mapping(said, place);
        }
        return network;
    }
}
