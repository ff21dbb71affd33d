package org.espalier.prune.quota;

import java.util.Collections;
import java.util.List;
import org.espalier.network.Architecture;
import org.espalier.prune.Quota;
import org.espalier.prune.QuotaKind;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;

/** The same density in every layer. The only quota for pruning in a global scope. */
@Kind("uniform")
public record Uniform(
        @Setting(
                value = "weights left after the last level, as a fraction of all weights",
                preset = "0.1",
                min = 0,
                above = true,
                max = 1)
        double density)
        implements Quota {
    @Override
    public List<Double> fractions(Architecture architecture, int levels) {
        return Quota.ofDensities(Collections.nCopies(architecture.layers(), density), levels);
    }

    /** Registers the kind. */
    public static final class Definition implements QuotaKind<Uniform> {
        @Override
        public Class<Uniform> settings() {
            return Uniform.class;
        }

        @Override
        public Quota create(Uniform settings) {
            return settings;
        }
    }
}
