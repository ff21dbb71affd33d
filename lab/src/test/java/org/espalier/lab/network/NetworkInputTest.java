package org.espalier.lab.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.espalier.data.DataDetails;
import org.espalier.data.DataSet;
import org.espalier.data.Feature;
import org.espalier.data.Split;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Parameter;
import org.espalier.network.Shape;
import org.espalier.network.Weights;
import org.junit.jupiter.api.Test;

class NetworkInputTest {
    private static final List<Feature> FEATURES =
            List.of(new Feature("a", 0, 1, 0.5f, 0.25f), new Feature("b", -3, 9, 0.2f, 0.1f));

    @Test
    void aTableIsReadFeatureByFeatureAndAnImageAsItIs() {
        assertThat(NetworkInput.of(table())).isEqualTo(Shape.of(2, 1, 1));
        assertThat(NetworkInput.of(images())).isEqualTo(Shape.of(1, 1, 2));
    }

    @Test
    void eachFeatureIsStandardisedByItsOwnMoments() {
        Architecture plain = Architecture.of(2, List.of(), 2, true);
        Architecture standardised = NetworkInput.standardised(plain, table());
        assertThat(standardised.graph().input()).isEqualTo(Shape.of(2, 1, 1));
        Weights weights = new Weights(standardised);
        for (Parameter parameter : standardised.graph().parameters()) {
            if (parameter.prunable()) { // logit k is input k, standardised
                weights.values(parameter.name())[0] = 1;
                weights.values(parameter.name())[3] = 1;
            }
        }
        Engine engine = Engines.create(standardised);
        engine.load(weights, Mask.dense(standardised));
        ActivationBuffers buffers = engine.newBuffers(ActivationPanels.LANES);
        engine.ops().loadImages(table().test().images(), new int[] {0}, 0, 1, buffers.input(), 0);
        engine.forward(buffers, 0, 1);
        assertThat(buffers.logits().get(0, 0)).isEqualTo((1 - 0.5f) / 0.25f);
        assertThat(buffers.logits().get(1, 0)).isEqualTo((0 - 0.2f) / 0.1f);
    }

    @Test
    void imagesAndNetworksThatNormaliseStayAsTheyAre() {
        Architecture plain = Architecture.of(2, List.of(), 2, true);
        assertThat(NetworkInput.standardised(plain, images())).isSameAs(plain);
        Architecture standardised = NetworkInput.standardised(plain, table());
        assertThat(NetworkInput.standardised(standardised, table())).isSameAs(standardised);
    }

    private static DataSet images() {
        Split train = new Split("train", 2, new byte[] {1, 2, 3, 4}, new int[] {0, 1});
        Split test = new Split("test", 2, new byte[] {(byte) 255, 0}, new int[] {1});
        return new DataSet("set", 1, 2, 2, train, test, Map.of());
    }

    private static DataSet table() {
        return images().with(new DataDetails(List.of("x", "y"), 0, FEATURES));
    }
}
