package org.espalier.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.espalier.engine.reference.ReferenceEngine;
import org.espalier.engine.vector.VectorEngine;
import org.espalier.network.Architecture;
import org.junit.jupiter.api.Test;

class EnginesTest {
    private static final Architecture SHAPE = new Architecture(List.of(4, 2), false);

    @Test
    void providersAreFoundAndTheVectorEngineIsPreferred() {
        assertThat(Engines.providers()).extracting(EngineProvider::name).containsExactly("vector", "reference");
        assertThat(Engines.create(SHAPE)).isInstanceOf(VectorEngine.class);
        assertThat(Engines.provider("reference").create(SHAPE, KernelMode.AUTO)).isInstanceOf(ReferenceEngine.class);
    }

    @Test
    void anUnknownEngineIsRefusedWithTheKnownNames() {
        assertThatThrownBy(() -> Engines.provider("gpu"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no engine is called \"gpu\", known are vector, reference");
    }
}
