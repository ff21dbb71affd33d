package org.espalier.lab.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.espalier.attack.Norm;
import org.espalier.attack.ThreatModel;
import org.espalier.attack.strong.Losses;
import org.espalier.attack.strong.radius.Apgd;
import org.espalier.data.DataSet;
import org.espalier.data.ImageShape;
import org.espalier.data.Split;
import org.espalier.evaluate.suite.Suite;
import org.espalier.lab.robustness.EvaluationObserver;
import org.espalier.lab.robustness.EvaluationRequest;
import org.espalier.lab.robustness.EvaluationRunner;
import org.espalier.lab.store.StoredNetwork;
import org.espalier.lab.tickets.Ticket;
import org.espalier.lab.tickets.TicketData;
import org.espalier.network.Architecture;
import org.espalier.network.InitialWeights;
import org.espalier.network.Mask;
import org.espalier.network.NamedNetworks;
import org.espalier.network.Shape;
import org.espalier.network.Weights;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A ticket that is exported to ONNX and imported again is the same ticket: weights, masks, and what attacks find. */
class RoundTripTest {
    private static final int SIDE = 12;
    private static final int IMAGES = 12;

    @TempDir
    private Path home;

    static Stream<Arguments> networks() {
        Shape image = Shape.of(1, SIDE, SIDE);
        List<Arguments> all = new ArrayList<>();
        for (double density : new double[] {1, 0.2, 0.036}) {
            all.add(Arguments.of(new Architecture(List.of(SIDE * SIDE, 20, 3), true), density));
            all.add(Arguments.of(new Architecture(NamedNetworks.graph("cnn-small", image, 3)), density));
        }
        return all.stream();
    }

    private static StoredNetwork network(Architecture architecture, double density) {
        Random random = new Random(4);
        BitSet[] kept = new BitSet[architecture.layers()];
        for (int layer = 0; layer < kept.length; layer++) {
            kept[layer] = new BitSet();
            for (int i = 0; i < architecture.weights(layer); i++) {
                kept[layer].set(i, random.nextDouble() < density);
            }
        }
        Mask mask = Mask.of(architecture, kept);
        Weights weights = InitialWeights.GLOROT_UNIFORM.draw(architecture, org.espalier.random.Stream.root(7));
        weights.apply(mask);
        return new StoredNetwork(weights, mask);
    }

    private static DataSet data() {
        Random random = new Random(5);
        byte[] pixels = new byte[IMAGES * SIDE * SIDE];
        random.nextBytes(pixels);
        int[] labels = new int[IMAGES];
        for (int i = 0; i < IMAGES; i++) {
            labels[i] = i % 3;
        }
        Split split = new Split("test", new ImageShape(SIDE, SIDE), pixels, labels);
        return new DataSet("noise", SIDE, SIDE, 3, split, split, Map.of());
    }

    private byte[] evaluated(StoredNetwork network, String place) throws IOException {
        DataSet set = data();
        Ticket ticket = new Ticket(
                home.resolve("net.safetensors"),
                "ab".repeat(32),
                network,
                TicketData.of("noise", Optional.empty()),
                Optional.empty(),
                home.resolve(place));
        EvaluationRequest request = new EvaluationRequest(
                ticket,
                set,
                set.test(),
                IMAGES,
                new Suite("short", List.of(new Apgd(Losses.CROSS_ENTROPY, 10, 1, 1)), true),
                new ThreatModel(Norm.LINF, 0.02f),
                1,
                false);
        assertThat(new EvaluationRunner(List.of(request), 1, EvaluationObserver.NONE).run())
                .isTrue();
        return Files.readAllBytes(request.directory().resolve("examples.jsonl"));
    }

    @ParameterizedTest
    @MethodSource("networks")
    void exportAndImportGiveTheSameTicket(Architecture architecture, double density) throws IOException {
        StoredNetwork network = network(architecture, density);
        byte[] expected = evaluated(network, "first");
        for (boolean sparse : new boolean[] {false, true}) {
            Path file = Files.write(
                    home.resolve("net.onnx"),
                    NetworkExport.encode(network, NetworkExport.Format.ONNX, sparse, Map.of()));
            StoredNetwork again = NetworkImport.read(file, ImportSettings.PLAIN).stored("net.onnx");
            assertThat(again.weights()).isEqualTo(network.weights());
            assertThat(again.mask()).isEqualTo(network.mask());
            assertThat(evaluated(again, "again-" + sparse)).isEqualTo(expected);
        }
    }
}
