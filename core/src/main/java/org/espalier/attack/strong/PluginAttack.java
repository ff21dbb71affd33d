package org.espalier.attack.strong;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.espalier.attack.Norm;
import org.espalier.attack.ThreatModel;
import org.espalier.random.Stream;

/**
 * A plug-in's attack with its provider and version among its settings. Evaluations by different versions are thus kept
 * apart.
 */
record PluginAttack(StrongAttack attack, String provider, String version) implements StrongAttack {
    @Override
    public String name() {
        return attack.name();
    }

    @Override
    public Map<String, Object> settings() {
        Map<String, Object> settings = new LinkedHashMap<>(attack.settings());
        settings.put("provider", provider);
        settings.put("version", version);
        return settings;
    }

    @Override
    public Set<Norm> norms() {
        return attack.norms();
    }

    @Override
    public Access access() {
        return attack.access();
    }

    @Override
    public boolean minimumNorm() {
        return attack.minimumNorm();
    }

    @Override
    public Optional<StrongAttack> doubled() {
        return attack.doubled().map(doubled -> new PluginAttack(doubled, provider, version));
    }

    @Override
    public int minClasses() {
        return attack.minClasses();
    }

    @Override
    public boolean random() {
        return attack.random();
    }

    @Override
    public List<Attempt> run(Target target, Examples examples, ThreatModel threat, Stream stream) {
        return attack.run(target, examples, threat, stream);
    }

    @Override
    public void check(ThreatModel threat, int classes) {
        attack.check(threat, classes);
    }
}
