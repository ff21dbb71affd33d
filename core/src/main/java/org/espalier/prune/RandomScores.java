package org.espalier.prune;

import org.espalier.random.Stream;
import org.espalier.setting.Kind;

/** A uniformly random choice of weights: the baseline that every criterion must beat. */
@Kind("random")
public record RandomScores() implements Criterion {
    @Override
    public String name() {
        return "random";
    }

    @Override
    public float[] scores(PruningContext context, int layer) {
        Stream draws = context.stream().child(layer);
        float[] scores = new float[context.weights().matrix(layer).length];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = draws.uniform(i);
        }
        return scores;
    }

    /** Registers the kind. */
    public static final class Definition implements CriterionKind<RandomScores> {
        @Override
        public Class<RandomScores> settings() {
            return RandomScores.class;
        }

        @Override
        public Criterion create(RandomScores settings) {
            return settings;
        }
    }
}
