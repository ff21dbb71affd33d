package org.espalier.lab.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.espalier.UserException;
import org.espalier.network.Architecture;
import org.espalier.network.InitialWeights;
import org.espalier.network.Mask;
import org.espalier.network.NamedNetworks;
import org.espalier.network.Shape;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CompactFileTest {
    @TempDir
    private Path home;

    private static Mask mask(Architecture architecture, double density) {
        Random random = new Random(1);
        BitSet[] kept = new BitSet[architecture.layers()];
        for (int layer = 0; layer < kept.length; layer++) {
            kept[layer] = new BitSet();
            for (int i = 0; i < architecture.weights(layer); i++) {
                kept[layer].set(i, random.nextDouble() < density);
            }
        }
        return Mask.of(architecture, kept);
    }

    private static Weights weights(Architecture architecture, Mask mask) {
        Weights weights = InitialWeights.GLOROT_UNIFORM.draw(architecture, Stream.root(2));
        weights.apply(mask);
        return weights;
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 0.5, 0.036, 0.001, 0})
    void aNetworkReadsBackBitForBit(double density) throws Exception {
        for (Architecture architecture :
                List.of(Architecture.PAPER, new Architecture(NamedNetworks.graph("resnet8", Shape.of(3, 8, 8), 4)))) {
            Mask mask = mask(architecture, density);
            Weights weights = weights(architecture, mask);
            Path file = Files.write(home.resolve("net"), CompactFile.encode(weights, mask, Map.of("a", "b")));
            StoredNetwork read = NetworkFile.read(file).network();
            assertThat(read.weights()).isEqualTo(weights);
            assertThat(read.mask()).isEqualTo(mask);
        }
    }

    @Test
    void aSurvivorOfValueZeroStaysASurvivor() throws Exception {
        Architecture architecture = new Architecture(List.of(3, 2), false);
        Mask mask = Mask.dense(architecture);
        Path file = Files.write(home.resolve("net"), CompactFile.encode(new Weights(architecture), mask, Map.of()));
        assertThat(NetworkFile.read(file).network().mask()).isEqualTo(mask);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.5, 0.1, 0.036, 0.01})
    void theSizeFollowsTheSurvivors(double density) {
        Mask mask = mask(Architecture.PAPER, density);
        int bytes = CompactFile.encode(weights(Architecture.PAPER, mask), mask, Map.of()).length;
        assertThat(bytes).isLessThan((int) (1.3 * 6 * mask.count()));
    }

    @Test
    void everyChangeAndEveryCutIsRefused() throws Exception {
        Architecture architecture = new Architecture(List.of(9, 4, 3), true);
        Mask mask = mask(architecture, 0.3);
        byte[] whole = CompactFile.encode(weights(architecture, mask), mask, Map.of());
        for (int at = 8; at < whole.length; at++) {
            byte[] changed = whole.clone();
            changed[at] ^= 1;
            assertThatThrownBy(() -> CompactFile.read(changed, "net"))
                    .isInstanceOf(UserException.class)
                    .hasMessageStartingWith("net is damaged");
            byte[] cut = Arrays.copyOf(whole, at);
            assertThatThrownBy(() -> CompactFile.read(cut, "net")).isInstanceOf(UserException.class);
        }
    }

    /** Changes that come with the right digest. */
    @Test
    void liesWithARightDigestAreRefusedOrRead() throws Exception {
        Architecture architecture = new Architecture(List.of(9, 4, 3), true);
        Mask mask = mask(architecture, 0.3);
        byte[] whole = CompactFile.encode(weights(architecture, mask), mask, Map.of());
        int refused = 0;
        for (int at = 8; at < whole.length - 32; at++) {
            for (int value : new int[] {0, 1, 0x7f, 0x80, 0xff}) {
                byte[] changed = whole.clone();
                changed[at] = (byte) value;
                byte[] digest =
                        MessageDigest.getInstance("SHA-256").digest(Arrays.copyOf(changed, changed.length - 32));
                System.arraycopy(digest, 0, changed, changed.length - 32, 32);
                try {
                    CompactFile.read(changed, "net");
                } catch (UserException e) {
                    assertThat(e.getMessage()).contains("net");
                    refused++;
                }
            }
        }
        assertThat(refused).isPositive();
    }

    @Test
    void aShortFileDoesNotMakeALargeNetwork() throws Exception {
        Architecture large = new Architecture(List.of(20_000, 10_000, 2), false);
        byte[] empty = CompactFile.encode(
                new Weights(new Architecture(List.of(2, 2), false)),
                Mask.dense(new Architecture(List.of(2, 2), false)),
                Map.of());
        String text = new String(empty, java.nio.charset.StandardCharsets.ISO_8859_1)
                .replace(
                        "\"widths\":[2,2]",
                        "\"widths\":"
                                + large.fullyConnected()
                                        .orElseThrow()
                                        .widths()
                                        .toString()
                                        .replace(" ", ""));
        byte[] changed = text.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
        int grown = changed.length - empty.length;
        changed[8] = (byte) (empty[8] + grown);
        changed[9] = (byte) (empty[9] + ((empty[8] & 0xff) + grown > 255 ? 1 : 0));
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(Arrays.copyOf(changed, changed.length - 32));
        System.arraycopy(digest, 0, changed, changed.length - 32, 32);
        assertThatThrownBy(() -> CompactFile.read(changed, "net")).hasMessageContaining("describes 200020000 numbers");
    }
}
