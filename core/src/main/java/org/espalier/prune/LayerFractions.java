package org.espalier.prune;

import java.util.ArrayList;
import java.util.List;
import org.espalier.network.Architecture;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;

/** One fraction for all hidden layers and one for the output layer; Frankle and Carbin, section 2. */
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
        double output)
        implements Quota {
    @Override
    public List<Double> fractions(Architecture architecture, int levels) {
        List<Double> fractions = new ArrayList<>();
        for (int layer = 0; layer < architecture.layers(); layer++) {
            fractions.add(layer < architecture.layers() - 1 ? hidden : output);
        }
        return List.copyOf(fractions);
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
