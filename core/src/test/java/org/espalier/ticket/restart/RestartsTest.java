package org.espalier.ticket.restart;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.espalier.network.Architecture;
import org.espalier.network.InitialWeights;
import org.espalier.network.Weights;
import org.espalier.ticket.LevelOutcome;
import org.espalier.ticket.Restart;
import org.espalier.ticket.RestartContext;
import org.espalier.ticket.Trial;
import org.junit.jupiter.api.Test;

class RestartsTest {
    private static final Architecture NETWORK = new Architecture(List.of(20, 10, 4), true);
    private static final Trial TRIAL = Trial.of(7, 1);

    private static Weights start(Restart restart, Weights trained) {
        return restart.start(new RestartContext(
                NETWORK, InitialWeights.KAIMING_NORMAL, TRIAL, 2, trained, new LevelOutcome(trained, null)));
    }

    @Test
    void signConstantKeepsSignsAndOneSizePerLayer() {
        Weights initial = TRIAL.initialWeights(NETWORK, InitialWeights.KAIMING_NORMAL);
        Weights start = start(new SignConstant(), new Weights(NETWORK));
        for (int layer = 0; layer < 2; layer++) {
            float size = Math.abs(start.matrix(layer)[0]);
            double squares = 0;
            for (int i = 0; i < NETWORK.weights(layer); i++) {
                assertThat(start.matrix(layer)[i]).isEqualTo(Math.signum(initial.matrix(layer)[i]) * size);
                squares += initial.matrix(layer)[i] * initial.matrix(layer)[i];
            }
            assertThat(size * size * NETWORK.weights(layer))
                    .isCloseTo((float) squares, org.assertj.core.api.Assertions.within(1e-3f));
        }
    }

    @Test
    void signConstantBeginsWithAGivenNetworkWhereThereIsOne() {
        Weights given = InitialWeights.GLOROT_UNIFORM.draw(NETWORK, TRIAL.stream());
        Weights start = new SignConstant()
                .start(new RestartContext(
                        NETWORK,
                        InitialWeights.KAIMING_NORMAL,
                        TRIAL,
                        1,
                        given,
                        new LevelOutcome(given, null),
                        Optional.of(given)));
        for (int i = 0; i < NETWORK.weights(0); i++) {
            assertThat(Math.signum(start.matrix(0)[i])).isEqualTo(Math.signum(given.matrix(0)[i]));
        }
    }

    @Test
    void rateRewindKeepsWeightsAndTakesTheRateUpLater() {
        Weights trained = InitialWeights.GLOROT_UNIFORM.draw(NETWORK, TRIAL.stream());
        RateRewind restart = new RateRewind.Definition().parse("rate-rewind-30");
        Weights start = start(restart, trained);
        assertThat(start).isEqualTo(trained);
        start.matrix(0)[0] += 1; // a copy
        assertThat(start).isNotEqualTo(trained);
        assertThat(restart.rateFrom()).isEqualTo(30);
        assertThat(restart.snapshot()).isEmpty();
        assertThat(new Restart.Rewind(20).rateFrom()).isEqualTo(20);
        assertThat(new Restart.Continued().rateFrom()).isZero();
    }
}
