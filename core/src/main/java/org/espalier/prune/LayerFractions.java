package org.espalier.prune;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.espalier.network.Architecture;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;

/**
 * A fraction for each kind of layer: hidden linear layers, convolutions and the output layer, as in Frankle and Carbin, "The
 * lottery ticket hypothesis" (2019), section 2 and figure 2; and fractions for layers by name. The output layer is the last
 * layer with weights.
 */
@Kind("fractions")
public record LayerFractions(
        @Setting(
                value = "fraction of the surviving weights of each hidden layer to prune, per level",
                preset = "0.2",
                min = 0,
                max = 1)
        double hidden,

        @Setting(
                value = "fraction of the surviving weights of the output layer to prune, per level",
                preset = "0.1",
                min = 0,
                max = 1)
        double output,

        @Setting(
                value =
                        "fraction of the surviving weights of each convolution to prune, per level; as hidden if not given",
                min = 0,
                max = 1)
        Optional<Double> convolution,

        @Setting(
                value = "fractions of layers by name, in place of those of their kind",
                preset = "{}",
                min = 0,
                max = 1,
                pattern = "[A-Za-z0-9._-]+",
                form = "a layer's name")
        Map<String, Double> layers)
        implements Quota {
    public LayerFractions {
        layers = Collections.unmodifiableMap(new LinkedHashMap<>(layers));
    }

    /** One fraction for all hidden layers, convolutions too, and one for the output layer. */
    public LayerFractions(double hidden, double output) {
        this(hidden, output, Optional.empty(), Map.of());
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if {@link #layers} names a layer that the network has no weights in; the message lists
     *     those that it has
     */
    @Override
    public List<Double> fractions(Architecture architecture, int levels) {
        List<String> names = IntStream.range(0, architecture.layers())
                .mapToObj(architecture::node)
                .toList();
        layers.keySet().stream()
                .filter(name -> !names.contains(name))
                .findFirst()
                .ifPresent(name -> {
                    throw new IllegalArgumentException("layers has \"" + name
                            + "\", expected a layer with weights, one of " + String.join(", ", names));
                });
        List<Double> fractions = new ArrayList<>();
        for (int layer = 0; layer < names.size(); layer++) {
            fractions.add(layers.getOrDefault(names.get(layer), ofKind(architecture, layer)));
        }
        return List.copyOf(fractions);
    }

    private double ofKind(Architecture architecture, int layer) {
        if (layer == architecture.layers() - 1) {
            return output;
        }
        return architecture.convolution(layer) ? convolution.orElse(hidden) : hidden;
    }

    /** Registers the kind. */
    public static final class Definition implements QuotaKind<LayerFractions> {
        @Override
        public Class<LayerFractions> settings() {
            return LayerFractions.class;
        }

        @Override
        public Quota create(LayerFractions settings) {
            return settings;
        }
    }
}
