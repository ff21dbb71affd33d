package org.espalier.attack.strong.distance;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.espalier.attack.Norm;
import org.espalier.attack.ThreatModel;
import org.espalier.attack.strong.Access;
import org.espalier.attack.strong.Attempt;
import org.espalier.attack.strong.Examples;
import org.espalier.attack.strong.StrongAttack;
import org.espalier.attack.strong.Target;
import org.espalier.attack.strong.search.BatchedSearches;
import org.espalier.attack.strong.search.Settings;
import org.espalier.random.Stream;

/**
 * The L2 attack of Carlini and Wagner, "Towards evaluating the robustness of neural networks" (2017), section VI.A, in its
 * untargeted form: minimises {@code ||x - c||^2 + trade max(z_label - max_other z + confidence, 0)} over w, x =
 * (tanh(w) + 1) / 2, by Adam. Binary search finds the trade-off, which is multiplied by ten until a point fools the
 * network. Slow and thorough.
 *
 * @param searches values of the trade-off to try, at least 1
 * @param iterations Adam's steps for each, at least 1
 * @param rate Adam's step size in w, above 0
 * @param firstTrade first trade-off, above 0
 * @param confidence logit margin that the wrong class must reach, at least 0
 * @param abortEarly end a run when a tenth of its steps has not lowered the objective by 0.01 %
 */
public record CarliniWagner(
        int searches, int iterations, double rate, double firstTrade, double confidence, boolean abortEarly)
        implements StrongAttack {
    public CarliniWagner {
        Settings.atLeast("searches", searches, 1);
        Settings.atLeast("iterations", iterations, 1);
        Settings.positive("rate", rate);
        Settings.positive("firstTrade", firstTrade);
        Settings.within("confidence", confidence, 0, Float.MAX_VALUE);
    }

    /** The authors' settings with 1,000 steps. The authors use up to 10,000. */
    public static CarliniWagner standard() {
        return new CarliniWagner(9, 1000, 0.01, 0.001, 0, true);
    }

    @Override
    public String name() {
        return "cw";
    }

    @Override
    public Map<String, Object> settings() {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("searches", searches);
        settings.put("iterations", iterations);
        settings.put("rate", rate);
        settings.put("first-trade", firstTrade);
        settings.put("confidence", confidence);
        settings.put("abort-early", abortEarly);
        return settings;
    }

    @Override
    public Set<Norm> norms() {
        return Set.of(Norm.L2);
    }

    @Override
    public Access access() {
        return Access.WHITE_BOX;
    }

    @Override
    public boolean minimumNorm() {
        return true;
    }

    @Override
    public boolean random() {
        return false;
    }

    @Override
    public Optional<StrongAttack> doubled() {
        return Optional.of(new CarliniWagner(searches, 2 * iterations, rate, firstTrade, confidence, abortEarly));
    }

    @Override
    public List<Attempt> run(Target target, Examples examples, ThreatModel threat, Stream stream) {
        check(threat, target.classes());
        return BatchedSearches.run(
                target,
                examples,
                threat,
                true,
                (example, clean) -> new CarliniWagnerSearch(this, clean, examples.labels()[example], target.classes()));
    }
}
