package org.espalier.ticket.restart;

import org.espalier.network.Weights;
import org.espalier.setting.Kind;
import org.espalier.ticket.Restart;
import org.espalier.ticket.RestartContext;
import org.espalier.ticket.RestartKind;

/**
 * The signs of the level-0 initial weights with one size per layer, the root of their mean square: Zhou et al., "Deconstructing
 * lottery tickets: zeros, signs, and the supermask" (2019), section 4. Biases and batch norms are those of level 0.
 */
@Kind("sign-constant")
public record SignConstant() implements Restart {
    @Override
    public String name() {
        return "sign-constant";
    }

    @Override
    public Weights start(RestartContext context) {
        Weights weights = context.initial();
        for (int layer = 0; layer < context.architecture().layers(); layer++) {
            float[] matrix = weights.matrix(layer);
            double squares = 0;
            for (float w : matrix) {
                squares += (double) w * w;
            }
            float size = (float) Math.sqrt(squares / matrix.length);
            for (int i = 0; i < matrix.length; i++) {
                matrix[i] = Math.signum(matrix[i]) * size;
            }
        }
        return weights;
    }

    /** Registers the kind. */
    public static final class Definition implements RestartKind<SignConstant> {
        @Override
        public Class<SignConstant> settings() {
            return SignConstant.class;
        }

        @Override
        public SignConstant parse(String name) {
            return new SignConstant();
        }

        @Override
        public Restart create(SignConstant settings) {
            return settings;
        }
    }
}
