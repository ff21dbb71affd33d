package org.espalier.prune;

import org.espalier.setting.Kind;

/** |w|: Han, Pool, Tran and Dally, "Learning both weights and connections" (2015); Frankle and Carbin (2019). */
@Kind("magnitude")
public record Magnitude() implements Criterion {
    @Override
    public String name() {
        return "magnitude";
    }

    @Override
    public float[] scores(PruningContext context, int layer) {
        float[] scores = context.weights().matrix(layer).clone();
        for (int i = 0; i < scores.length; i++) {
            scores[i] = Math.abs(scores[i]);
        }
        return scores;
    }

    /** Registers the kind. */
    public static final class Definition implements CriterionKind<Magnitude> {
        @Override
        public Class<Magnitude> settings() {
            return Magnitude.class;
        }

        @Override
        public Criterion create(Magnitude settings) {
            return settings;
        }
    }
}
