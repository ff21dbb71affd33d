package org.espalier.attack.strong.radius;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.espalier.UserException;
import org.espalier.attack.Norm;
import org.espalier.attack.ThreatModel;
import org.espalier.attack.strong.Access;
import org.espalier.attack.strong.Attempt;
import org.espalier.attack.strong.Examples;
import org.espalier.attack.strong.StrongAttack;
import org.espalier.attack.strong.Target;
import org.espalier.attack.strong.Tile;
import org.espalier.attack.strong.search.Attempts;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Stream;

/**
 * Attacks this network with examples made on another network. It measures an attacker without access. If it does better
 * than an attack with access, gradients are masked. Papernot, McDaniel and Goodfellow, "Transferability in machine
 * learning" (2016).
 *
 * @param source name of the other network in stored settings
 * @param weights the other network's weights; as many inputs and classes as the target
 * @param mask the other network's mask
 * @param maker the attack run on the other network, one with a radius; its settings are used as they are
 */
public record Transfer(String source, Weights weights, Mask mask, StrongAttack maker) implements StrongAttack {
    public Transfer {
        if (maker.minimumNorm()) {
            throw new IllegalArgumentException("a transfer needs an attack with a radius, " + maker.name()
                    + " minimises distance: its examples lie at the other network's border");
        }
    }

    @Override
    public String name() {
        return "transfer";
    }

    @Override
    public Map<String, Object> settings() {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("source", source);
        settings.put("attack", maker.name());
        settings.put("attack-settings", maker.settings());
        return settings;
    }

    @Override
    public Set<Norm> norms() {
        return maker.norms();
    }

    @Override
    public Access access() {
        return Access.TRANSFER;
    }

    @Override
    public int minClasses() {
        return maker.minClasses();
    }

    @Override
    public boolean random() {
        return maker.random();
    }

    @Override
    public List<Attempt> run(Target target, Examples examples, ThreatModel threat, Stream stream) {
        check(threat, target.classes());
        if (weights.architecture().inputs() != target.inputs()
                || weights.architecture().classes() != target.classes()) {
            throw new UserException("examples cannot be transferred from network " + source + " of "
                    + weights.architecture() + ": the attacked one has " + target.inputs() + " inputs and "
                    + target.classes() + " classes");
        }
        Engine engine = Engines.create(weights.architecture());
        engine.load(weights, mask);
        List<Attempt> made = maker.run(new Target(engine, target.shape()), examples, threat, stream);
        List<Attempt> judged = new ArrayList<>();
        for (int first = 0; first < examples.size(); first += Target.CAPACITY) {
            int count = Math.min(Target.CAPACITY, examples.size() - first);
            float[][] points = new float[count][];
            for (int e = 0; e < count; e++) {
                points[e] = made.get(first + e).input();
            }
            Tile tile = target.pack(points, 0, count);
            judged.addAll(Attempts.judge(
                    target, examples.part(first, count), threat, tile, false, new Attempts.Ledger(count)));
        }
        return judged;
    }
}
