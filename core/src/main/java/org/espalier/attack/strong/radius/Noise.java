package org.espalier.attack.strong.radius;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.espalier.attack.Norm;
import org.espalier.attack.ThreatModel;
import org.espalier.attack.strong.Access;
import org.espalier.attack.strong.Attempt;
import org.espalier.attack.strong.Examples;
import org.espalier.attack.strong.Losses;
import org.espalier.attack.strong.StrongAttack;
import org.espalier.attack.strong.Target;
import org.espalier.attack.strong.search.Attempts;
import org.espalier.attack.strong.search.Search;
import org.espalier.attack.strong.search.Settings;
import org.espalier.attack.strong.search.Starts;
import org.espalier.random.Stream;

/**
 * Points drawn uniformly in the ball, clipped to the box. A sanity check: every attack that reads the network should do
 * better. The draw of highest margin is kept.
 *
 * @param draws points tried for each example, at least 1
 */
public record Noise(int draws) implements StrongAttack {
    public Noise {
        Settings.atLeast("draws", draws, 1);
    }

    @Override
    public String name() {
        return "noise";
    }

    @Override
    public Map<String, Object> settings() {
        return Map.of("draws", draws);
    }

    @Override
    public Set<Norm> norms() {
        return EnumSet.allOf(Norm.class);
    }

    @Override
    public Access access() {
        return Access.NONE;
    }

    @Override
    public List<Attempt> run(Target target, Examples examples, ThreatModel threat, Stream stream) {
        check(threat, target.classes());
        return Attempts.inChunks(examples, chunk -> {
            Search search = new Search(target, Losses.MARGIN, chunk, new int[chunk.size()], threat.norm());
            search.reset();
            for (int draw = 0; draw < draws; draw++) {
                Starts.inBall(target, threat, chunk, stream.child(draw), search.clean, search.x);
                search.onLogits(false);
            }
            search.selectBest();
            return Attempts.judge(target, chunk, threat, search.x, false, search.ledger);
        });
    }
}
