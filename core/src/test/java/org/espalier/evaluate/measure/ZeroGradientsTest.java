package org.espalier.evaluate.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.LongStream;
import org.espalier.attack.SleepingUnits;
import org.espalier.attack.strong.Cases;
import org.espalier.attack.strong.Examples;
import org.espalier.engine.Engine;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;

class ZeroGradientsTest {
    private static final Stream STREAM = Stream.root(3).child("gradients");

    /** A unit's input has a gradient where it is above 0.28: one in thirty inside the ball, half of the inputs at corners. */
    @Test
    void sleepingUnitsAreSeen() {
        Examples examples = new Examples(
                new float[500][SleepingUnits.INPUTS],
                new int[500],
                LongStream.range(0, 500).toArray());
        ZeroGradients found = ZeroGradients.of(Cases.target(SleepingUnits.engine()), examples, 0.3f, STREAM);
        assertThat(found.clean()).isEqualTo(1);
        assertThat(found.inside()).isCloseTo(29.0 / 30, within(0.01));
        assertThat(found.corner()).isCloseTo(0.5, within(0.05));
    }

    @Test
    void aLinearNetworkHasAllItsGradients() {
        Engine engine = Cases.engine(List.of(30, 3), true, 1, 1);
        ZeroGradients found = ZeroGradients.of(Cases.target(engine), Cases.examples(engine, 70, 2), 0.1f, STREAM);
        assertThat(found).isEqualTo(new ZeroGradients(0, 0, 0));
    }

    @Test
    void anExamplesShareDoesNotDependOnItsCompany() {
        Engine engine = Cases.engine(List.of(40, 6, 3), true, 0.2, 5);
        Examples examples = Cases.examples(engine, 150, 2);
        double apart = 0;
        for (int e = 0; e < 150; e++) {
            apart += ZeroGradients.of(Cases.target(engine), examples.part(e, 1), 0.1f, STREAM)
                            .corner()
                    / 150;
        }
        double together =
                ZeroGradients.of(Cases.target(engine), examples, 0.1f, STREAM).corner();
        assertThat(together).isStrictlyBetween(0.0, 1.0).isCloseTo(apart, within(1e-9));
    }

    @Test
    void aNetworkThatReadsNothingHasNoShare() {
        Engine engine = Cases.engine(List.of(30, 3), true, 0, 1);
        assertThat(ZeroGradients.of(Cases.target(engine), Cases.examples(engine, 7, 2), 0.1f, STREAM)
                        .clean())
                .isNaN();
    }
}
