package org.espalier.report.result;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class StrategyOrderTest {
    @Test
    void theTicketsComeFirst() {
        assertThat(Stream.of("continued", "none", "rewind-500", "random", "original", "as-published", "rewind-1000")
                        .sorted(StrategyOrder.natural()))
                .containsExactly(
                        "original", "as-published", "rewind-1000", "rewind-500", "random", "continued", "none");
    }
}
