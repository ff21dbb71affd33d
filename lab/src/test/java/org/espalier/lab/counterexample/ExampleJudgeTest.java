package org.espalier.lab.counterexample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.UserException;
import org.espalier.attack.Norm;
import org.espalier.attack.ThreatModel;
import org.espalier.attack.strong.search.Geometry;
import org.espalier.data.DataSet;
import org.espalier.data.ImageShape;
import org.espalier.data.Split;
import org.espalier.lab.exchange.numpy.NpyArray;
import org.espalier.lab.exchange.numpy.NpyTexts;
import org.espalier.lab.exchange.numpy.NpzFile;
import org.espalier.lab.exchange.tensor.NumberType;
import org.espalier.lab.store.StoredNetwork;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Shape;
import org.espalier.network.Weights;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A network of two pixels that names the brighter one: of x = (0.2, 0.8) class 1, broken from a shift of 0.3 on. */
class ExampleJudgeTest {
    private static final Shape INPUT = Shape.of(1, 1, 2);

    @TempDir
    private Path home;

    private final StoredNetwork network = network();
    private final Split split = new Split(
            "test", new ImageShape(1, 2), new byte[] {51, (byte) 204, (byte) 204, 51, 0, 0}, new int[] {1, 0, 1});
    private final DataSet set = new DataSet("two", 1, 2, 2, split, split, Map.of());

    private static StoredNetwork network() {
        Weights weights = new Weights(new Architecture(List.of(2, 2), false));
        weights.matrix(0)[0] = 1;
        weights.matrix(0)[3] = 1;
        return new StoredNetwork(weights, Mask.dense(weights.architecture()));
    }

    private static GivenExamples given(float[][] adversarial, float[][] original, int... labels) {
        return new GivenExamples(
                adversarial,
                Optional.of(original),
                Optional.of(labels),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                "x.npz",
                "0");
    }

    private Judgement judge(ThreatModel threat, float tolerance, GivenExamples given) {
        return new ExampleJudge(network, threat, tolerance, Optional.empty()).judge(given, new int[0]);
    }

    private Judgement.Outcome one(ThreatModel threat, float tolerance, float first, float second) {
        return judge(threat, tolerance, given(new float[][] {{first, second}}, new float[][] {{0.25f, 0.75f}}, 1))
                .rows()
                .getFirst()
                .outcome();
    }

    @Test
    void ballAndBoxHaveNoSlackButWhatIsOutsideByRoundingIsMovedInside() {
        ThreatModel quarter = new ThreatModel(Norm.LINF, 0.25f);
        // Both pixels at 0.5: the classes are tied, which counts as broken.
        assertThat(one(quarter, 0, 0.5f, 0.5f)).isEqualTo(Judgement.Outcome.FOOLS);
        assertThat(one(quarter, 0, 0.5f, 0.51f)).isEqualTo(Judgement.Outcome.RIGHT);
        float above = Math.nextUp(0.5f);
        assertThat(one(quarter, 0, above, 0.5f)).isEqualTo(Judgement.Outcome.OUTSIDE_BALL);
        assertThat(one(quarter, 1e-6f, above, 0.5f)).isEqualTo(Judgement.Outcome.FOOLS);
        // Outside by rounding, and inside no longer wrong: it does not count.
        ThreatModel less = new ThreatModel(Norm.LINF, 0.2499999f);
        assertThat(one(less, 1e-6f, above, 0.5f)).isEqualTo(Judgement.Outcome.RIGHT);
        assertThat(one(quarter, 1e-6f, 0.51f, 0.5f)).isEqualTo(Judgement.Outcome.OUTSIDE_BALL);
        assertThat(one(new ThreatModel(Norm.LINF, 1), 1e-6f, 0.5f, -1e-3f)).isEqualTo(Judgement.Outcome.OUTSIDE_BOX);
        assertThat(one(new ThreatModel(Norm.LINF, 1), 1e-6f, 0.5f, -1e-7f)).isEqualTo(Judgement.Outcome.FOOLS);
        assertThat(one(quarter, 1e-6f, Float.NaN, 0.5f)).isEqualTo(Judgement.Outcome.NOT_FINITE);
        assertThat(one(quarter, 1e-6f, Float.POSITIVE_INFINITY, 0.5f)).isEqualTo(Judgement.Outcome.NOT_FINITE);
    }

    @Test
    void pointsOfOtherNormsAreMovedInsideToo() {
        float distance = (float) (Math.sqrt(2) * 0.25);
        for (ThreatModel threat :
                List.of(new ThreatModel(Norm.L2, distance + 1e-4f), new ThreatModel(Norm.L1, 0.5f + 1e-4f))) {
            float shift = threat.norm() == Norm.L2 ? threat.epsilon() / (float) Math.sqrt(2) : threat.epsilon() / 2;
            float[] point = {0.25f + shift + 3e-7f, 0.75f - shift - 3e-7f};
            Judgement judged = judge(threat, 1e-6f, given(new float[][] {point}, new float[][] {{0.25f, 0.75f}}, 1));
            Judgement.Row row = judged.rows().getFirst();
            assertThat(row.outcome()).isEqualTo(Judgement.Outcome.FOOLS);
            assertThat(row.moved()).isTrue();
            assertThat(Geometry.holds(threat, row.original(), row.point())).isTrue();
            assertThat(judge(threat, 0, given(new float[][] {point}, new float[][] {{0.25f, 0.75f}}, 1))
                            .rows()
                            .getFirst()
                            .outcome())
                    .isEqualTo(Judgement.Outcome.OUTSIDE_BALL);
        }
    }

    private Judgement inSplit(GivenExamples given) {
        int[] images = ExampleJudge.images(given, set, split);
        return new ExampleJudge(network, new ThreatModel(Norm.LINF, 0.4f), 1e-6f, Optional.of(split))
                .judge(given, images);
    }

    @Test
    void originalsAndLabelsHaveToBeThoseOfTheDataSet() {
        float[][] points = {{0.5f, 0.5f}, {0.5f, 0.4f}, {0.5f, 0.5f}, {0.1f, 0.1f}};
        Judgement judged = inSplit(given(
                points, new float[][] {{204 / 255f, 51 / 255f}, {0.2f, 0.8f}, {0.21f, 0.8f}, {0, 0}}, 0, 0, 1, 1));
        // Found by their pixels: images 1 and 0; the second has another label, the third is no image, the last is wrong
        // before.
        assertThat(judged.rows())
                .extracting(Judgement.Row::outcome)
                .containsExactly(
                        Judgement.Outcome.FOOLS,
                        Judgement.Outcome.OTHER_LABEL,
                        Judgement.Outcome.OTHER_ORIGINAL,
                        Judgement.Outcome.WRONG_BEFORE);
        assertThat(judged.rows().getFirst().image()).isEqualTo(1);
        assertThat(judged.fooled().stream().toArray()).containsExactly(1);
        assertThat(judged.left()).isZero();
        assertThat(judged.images().cardinality()).isEqualTo(2);
        // Of three images two are right, and one of these is fooled.
        assertThat(judged.leftOfSplit()).contains(1);
        assertThat(judged.split().orElseThrow().images()).isEqualTo(3);
    }

    @Test
    void withoutOriginalsExamplesAreOfTheFirstImages() {
        GivenExamples two = new GivenExamples(
                new float[][] {{0.5f, 0.5f}, {0.8f, 0.2f}},
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                "x.npy",
                "0");
        assertThat(inSplit(two).rows())
                .extracting(Judgement.Row::outcome)
                .containsExactly(Judgement.Outcome.FOOLS, Judgement.Outcome.RIGHT);
        assertThatThrownBy(() -> new ExampleJudge(network, new ThreatModel(Norm.LINF, 0.4f), 1e-6f, Optional.empty())
                        .judge(two, new int[0]))
                .isInstanceOf(UserException.class)
                .hasMessage("x.npy has no originals (x): give the data set that they are in with --data");
    }

    private static byte[] longs(long... values) {
        ByteBuffer content = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        content.asLongBuffer().put(values);
        return new NpyArray(List.of(values.length), NumberType.LONG, content.array()).encode();
    }

    private GivenExamples read(Map<String, byte[]> files) throws IOException {
        Path file = Files.write(home.resolve("x.npz"), NpzFile.archive(files));
        return GivenExamples.read(file, Optional.empty(), Optional.empty(), INPUT, 2);
    }

    @Test
    void filesOfOthersAreReadByTheNamesOfTheirArrays() throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put(
                "x_adv", NpyArray.of(List.of(1, 1, 1, 2), new float[] {0.5f, 7}).encode());
        files.put("x_orig", NpyArray.of(List.of(1, 2), new float[] {0.2f, 0.8f}).encode());
        files.put("label", longs(1));
        files.put("idx", longs(0));
        files.put("attack", NpyTexts.encode(List.of("square")));
        files.put("epsilon", NpyArray.of(List.of(1), new float[] {0.25f}).encode());
        GivenExamples given = read(files);
        assertThat(given.adversarial()[0]).containsExactly(0.5f, 7);
        assertThat(given.original().orElseThrow()[0]).containsExactly(0.2f, 0.8f);
        assertThat(given.labels().orElseThrow()).containsExactly(1);
        assertThat(given.indices().orElseThrow()).containsExactly(0);
        assertThat(given.attacks()).contains(List.of("square"));
        assertThat(given.epsilon()).contains(0.25f);
        // The only array is of examples, whatever its name.
        assertThat(read(Map.of("arr_0", NpyArray.of(List.of(1, 2), new float[2]).encode()))
                        .count())
                .isEqualTo(1);

        files.put("y", longs(1));
        assertThatThrownBy(() -> read(files)).hasMessageContaining("has arrays y and label, expected one of them");
        files.remove("y");
        files.put("label", longs(1, 1));
        assertThatThrownBy(() -> read(files)).hasMessageContaining("one for each of 1 examples");
        files.put("label", longs(-1));
        assertThatThrownBy(() -> read(files)).hasMessageContaining("has number -1.0 at place 0");
        files.remove("x_adv");
        assertThatThrownBy(() -> read(files))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("expected adversarial examples called x_adv or adv");
        Path text = Files.writeString(home.resolve("a.txt"), "no arrays");
        assertThatThrownBy(() -> GivenExamples.read(text, Optional.empty(), Optional.empty(), INPUT, 2))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("a.txt holds no arrays");
    }

    @Test
    void keptExamplesOfAnImpossibleBallOrShapeAreDamaged() {
        ThreatModel ball = new ThreatModel(Norm.LINF, 0.5f);
        KeptExamples none = new KeptExamples(new ImageShape(1, 2), ball, List.of());
        KeptExamples one = new KeptExamples(
                new ImageShape(1, 2),
                ball,
                List.of(new KeptExamples.Row(0, 1, 1, 0, "square", new float[] {0, 1}, new float[] {0.3f, 1})));
        for (KeptExamples kept : List.of(none, one)) {
            Map<String, byte[]> files =
                    new LinkedHashMap<>(NpzFile.files(KeptFile.encode(kept), KeptFile.MOST_BYTES, "a.npz"));
            files.put("epsilon", NpyArray.of(List.of(1), new float[] {-1}).encode());
            assertThatThrownBy(() -> KeptFile.decode(NpzFile.archive(files), "a.npz"))
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining("a.npz is damaged: ")
                    .hasMessageContaining("-1.0");
        }
        Map<String, byte[]> files =
                new LinkedHashMap<>(NpzFile.files(KeptFile.encode(one), KeptFile.MOST_BYTES, "a.npz"));
        byte[] empty = NpyArray.of(List.of(1, 1, 0, 2), new float[0]).encode();
        files.put("x", empty);
        files.put("x_adv", empty);
        assertThatThrownBy(() -> KeptFile.decode(NpzFile.archive(files), "a.npz"))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("a.npz is damaged: an image has at least 1 row");
    }

    @Test
    void textsAndKeptExamplesAreReadAsTheyWereWritten() {
        List<String> texts = List.of("apgd-ce", "", "größer", "x");
        assertThat(NpyTexts.read(NpyTexts.encode(texts), "a")).isEqualTo(texts);
        byte[] damaged = NpyTexts.encode(texts);
        damaged[20] = 'S';
        assertThatThrownBy(() -> NpyTexts.read(damaged, "a.npy")).isInstanceOf(UserException.class);
        KeptExamples kept = new KeptExamples(
                new ImageShape(1, 2),
                new ThreatModel(Norm.L2, 0.5f),
                List.of(new KeptExamples.Row(
                        3, 1, 1, 0, "square", new float[] {0.1f, 0.2f}, new float[] {0.3f, 0.4f})));
        byte[] bytes = KeptFile.encode(kept);
        assertThat(KeptFile.encode(KeptFile.decode(bytes, "a"))).isEqualTo(bytes);
        KeptExamples none = new KeptExamples(new ImageShape(1, 2), new ThreatModel(Norm.LINF, 0.5f), List.of());
        assertThat(KeptFile.decode(KeptFile.encode(none), "a").rows()).isEmpty();
        for (int at = 0; at < bytes.length; at += 7) {
            byte[] changed = bytes.clone();
            changed[at] ^= 0x55;
            try {
                KeptFile.decode(changed, "changed.npz");
            } catch (UserException e) {
                assertThat(e).hasMessageNotContaining("\n");
            }
        }
    }
}
