package org.espalier.cli.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.espalier.cli.CommandLineRun;
import org.espalier.cli.TinyImages;
import org.espalier.fixtures.IdxBytes;
import org.espalier.lab.file.Json;
import org.espalier.lab.store.NetworkFile;
import org.espalier.network.Architecture;
import org.espalier.network.InitialWeights;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.prune.CountingRule;
import org.espalier.prune.Criterion;
import org.espalier.prune.Pruner;
import org.espalier.prune.Scope;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Measurements of a search that trains in milliseconds: networks 9-6-3. */
class MeasureCommandsTest {
    @TempDir
    private Path home;

    private String search;

    @BeforeEach
    void search() {
        search = TinyImages.search(home).toString();
    }

    private static JsonNode line(CommandLineRun run) {
        assertThat(run.code()).as(run.err()).isZero();
        return Json.parse(run.out().lines().findFirst().orElseThrow(), "output");
    }

    @Test
    void singularValuesAreStoredForEachLayer() throws IOException {
        JsonNode found = line(CommandLineRun.of("spectrum", search, "--all-levels", "--json"));
        assertThat(found.path("layers")).hasSize(2);
        assertThat(found.path("layers").path(0).path("values")).hasSize(6);
        assertThat(found.path("layers").path(1).path("values")).hasSize(3);
        assertThat(Files.readString(Path.of(found.path("file").asString("")))).contains("\"kind\":\"spectrum\"");
        assertThat(CommandLineRun.of("spectrum", search, "--all-levels").out()).contains("6 x 9", "3 x 6", "condition");
        assertThat(found.path("layers").path(0).path("small").asDouble()).isBetween(0.0, 1.0);
        assertThat(found.path("layers").path(0).path("l1-l2").asDouble()).isBetween(1.0, Math.sqrt(54));
        assertThat(found.path("layers").path(0).has("map")).isFalse();
    }

    @Test
    void mapsOfConvolutionsHaveTheirValuesAndNorm() {
        Path convolutions = home.resolve("convolutions");
        CommandLineRun.done(
                "run",
                home.resolve("tiny.yaml").toString(),
                "--set",
                "network={layers: [{conv2d: {channels: 2, kernel: 3, padding: 1}}, relu, flatten, linear]}",
                "--out",
                convolutions.toString());
        JsonNode found = line(
                CommandLineRun.of("spectrum", convolutions.toString(), "--all-levels", "--convolutions", "--json"));
        JsonNode map = found.path("layers").path(0).path("map");
        assertThat(map.path("values")).hasSize(9); // 3 x 3 pixels, one channel to two
        assertThat(map.path("norm-least").asDouble())
                .isPositive()
                .isLessThanOrEqualTo(map.path("norm-most").asDouble());
        assertThat(found.path("layers").path(1).has("map")).isFalse();
        assertThat(CommandLineRun.of("spectrum", convolutions.toString(), "--all-levels", "--convolutions")
                        .out())
                .contains("linear maps of convolutions", "3 x 3", "norm >=");
    }

    @Test
    void lipschitzConstantsHaveTheirTwoSides() {
        JsonNode found = line(
                CommandLineRun.of("lipschitz", search, "--all-levels", "--epsilon", "0.1", "--images", "5", "--json"));
        assertThat(found.path("constants")).hasSize(5);
        for (JsonNode constant : found.path("constants")) {
            assertThat(constant.path("lower").asDouble())
                    .isPositive()
                    .isLessThanOrEqualTo(constant.path("upper").asDouble());
        }
        CommandLineRun clever = CommandLineRun.of(
                "lipschitz",
                search,
                "--all-levels",
                "--epsilon",
                "0.1",
                "--images",
                "5",
                "--samples",
                "4",
                "--batches",
                "6");
        assertThat(clever.out()).as(clever.err()).contains("CLEVER", "certified");
        assertThat(CommandLineRun.of("lipschitz", search, "--all-levels", "--epsilon", "0.1", "--batches", "1")
                        .err())
                .contains("--batches is 1 of --samples 200, expected at least 2 batches of 1");
        assertThat(CommandLineRun.of("lipschitz", search, "--all-levels", "--epsilon", "no")
                        .err())
                .contains("--epsilon is no, expected a number above 0");
    }

    @Test
    void inputsWithoutAGradientAreCounted() throws IOException {
        JsonNode found = line(
                CommandLineRun.of("gradients", search, "--all-levels", "--epsilon", "0.1", "--images", "5", "--json"));
        assertThat(found.path("inputs-read").asInt()).isBetween(1, 9);
        for (String share : List.of("zero-at-image", "zero-inside", "zero-at-corner")) {
            assertThat(found.path(share).isNumber()).as(share).isTrue();
            assertThat(found.path(share).asDouble()).isBetween(0.0, 1.0);
        }
        assertThat(Files.readString(Path.of(found.path("file").asString("")))).contains("\"kind\":\"gradients\"");
        assertThat(CommandLineRun.of("gradients", search, "--all-levels", "--epsilon", "0.1", "--images", "5")
                        .out())
                .contains("Inputs without a gradient", "inside the ball", "at a corner");
        assertThat(CommandLineRun.of("gradients", search, "--all-levels", "--epsilon", "2")
                        .err())
                .contains("--epsilon is 2, expected a number above 0, at most 1, or a fraction as 8/255");
    }

    /** Each unit reads one input, and is on above 0.99: at half of the ball's corners, and seldom inside. */
    @Test
    void gradientsThatOnlyCornersHaveAreToldFromThoseInside() {
        Architecture shape = new Architecture(List.of(9, 9, 3), true);
        Weights weights = InitialWeights.GLOROT_UNIFORM.draw(shape, org.espalier.random.Stream.root(1));
        for (int unit = 0; unit < 9; unit++) {
            Arrays.fill(weights.matrix(0), 9 * unit, 9 * unit + 9, 0);
            weights.matrix(0)[9 * unit + unit] = 1;
            weights.biases(0)[unit] = -0.99f;
            for (int label = 0; label < 3; label++) {
                weights.matrix(1)[9 * label + unit] = label;
            }
        }
        Path file = home.resolve("sleeping.safetensors");
        NetworkFile.write(file, weights, Mask.dense(shape));
        String[] command = {
            "gradients",
            file.toString(),
            "--data",
            "tiny",
            "--data-directory",
            home.resolve("images").toString(),
            "--epsilon",
            "1",
            "--images",
            "30"
        };
        JsonNode found = line(CommandLineRun.of(
                Stream.concat(Stream.of(command), Stream.of("--json")).toArray(String[]::new)));
        double inside = found.path("zero-inside").asDouble();
        double corner = found.path("zero-at-corner").asDouble();
        assertThat(corner).isBetween(0.3, 0.7);
        assertThat(inside).isGreaterThan(corner + 0.2);
        assertThat(CommandLineRun.of(command).out())
                .containsPattern(String.format(Locale.ROOT, "%.1f +%.1f", 100 * inside, 100 * corner));
    }

    @Test
    void aNetworkThatReadsNothingHasNoSharesOfGradients() {
        Architecture shape = new Architecture(List.of(9, 3), true);
        Weights weights = InitialWeights.GLOROT_UNIFORM.draw(shape, org.espalier.random.Stream.root(1));
        Mask nothing = new Pruner(Criterion.MAGNITUDE, Scope.LAYER, CountingRule.EXACT)
                .prune(Mask.dense(shape), weights, List.of(1.0), org.espalier.random.Stream.root(1));
        weights.apply(nothing);
        Path file = home.resolve("nothing.safetensors");
        NetworkFile.write(file, weights, nothing);
        JsonNode found = line(CommandLineRun.of(
                "gradients",
                file.toString(),
                "--data",
                "tiny",
                "--data-directory",
                home.resolve("images").toString(),
                "--epsilon",
                "0.1",
                "--json"));
        assertThat(found.path("inputs-read").asInt(-1)).isZero();
        assertThat(found.has("zero-inside")).isFalse();
    }

    @Test
    void ratiosAreMeasuredOfEveryNetwork() {
        JsonNode found = line(CommandLineRun.of(
                "lipschitz",
                search,
                "--all-levels",
                "--epsilon",
                "0.1",
                "--images",
                "4",
                "--ratio-steps",
                "5",
                "--json"));
        assertThat(found.path("ratios")).hasSize(4);
        assertThat(found.path("constants")).hasSize(4);
        double sum = 0;
        for (JsonNode ratio : found.path("ratios")) {
            assertThat(ratio.asDouble()).isPositive();
            sum += ratio.asDouble() / 4;
        }
        assertThat(found.path("mean-ratio").asDouble()).isCloseTo(sum, within(1e-9));
        Path convolutions = home.resolve("ratios");
        CommandLineRun.done(
                "run",
                home.resolve("tiny.yaml").toString(),
                "--set",
                "network={layers: [{conv2d: {channels: 2, kernel: 3, padding: 1}}, relu, flatten, linear]}",
                "--out",
                convolutions.toString());
        String[] plain = {"lipschitz", convolutions.toString(), "--all-levels", "--epsilon", "0.1", "--images", "4"};
        assertThat(CommandLineRun.of(plain).err()).contains("expected a fully connected network", "--ratio-steps");
        String[] ratios = Arrays.copyOf(plain, plain.length + 2);
        ratios[plain.length] = "--ratio-steps";
        ratios[plain.length + 1] = "5";
        CommandLineRun table = CommandLineRun.of(ratios);
        assertThat(table.code()).as(table.err()).isZero();
        assertThat(table.out()).contains("ratio", "5 steps of PGD");
        ratios[plain.length + 1] = "0";
        assertThat(CommandLineRun.of(ratios).err())
                .contains("--ratio-steps is 0 with --norm linf, expected a number from 1 with linf");
    }

    /** A search on grey and on coloured images. */
    private String both() throws IOException {
        Path grey = Files.createDirectories(home.resolve("grey"));
        for (String part : List.of("train", "t10k")) {
            Files.write(grey.resolve(part + "-images-idx3-ubyte"), IdxBytes.images(30, 28, 28));
            Files.write(
                    grey.resolve(part + "-labels-idx1-ubyte"),
                    IdxBytes.labels(
                            IntStream.range(0, 30).map(image -> image % 3).toArray()));
        }
        Path pictures = home.resolve("pictures");
        for (int i = 0; i < 30; i++) {
            BufferedImage picture = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB);
            picture.setRGB(i, i, 0xffffff);
            Path folder = Files.createDirectories(pictures.resolve("class" + i % 3));
            ImageIO.write(picture, "png", folder.resolve(i + ".png").toFile());
        }
        Path colour = home.resolve("colour");
        CommandLineRun.done(
                "data",
                "import",
                pictures.toString(),
                "--name",
                "colour",
                "--directory",
                colour.toString(),
                "--colour");
        Path both = Files.writeString(
                home.resolve("both.yaml"),
                TinyImages.experiment(grey)
                        .replace("\"}]", "\"}, {name: colour, directory: \"" + colour + "\"}]")
                        .replace("validation: 20", "validation: 3"));
        String out = home.resolve("both").toString();
        CommandLineRun.done("run", both.toString(), "--out", out);
        return out;
    }

    @Test
    void greyAndColouredImagesHaveTablesOfTheirOwn() throws IOException {
        String out = both();
        CommandLineRun run = CommandLineRun.done(
                "corrupt", out, "--strategy", "original", "--trial", "1", "--all-levels", "--images", "3");
        assertThat(run.out())
                .containsOnlyOnce("zigzag")
                .containsOnlyOnce("defocus-blur")
                .contains("tiny fgsm original", "colour fgsm original");
    }

    @Test
    void imagesThatNoCorruptionFitsAreRefused() {
        CommandLineRun run = CommandLineRun.of("corrupt", search, "--all-levels");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("expected 28 x 28 grey pixels or 32 x 32 pixels of three colours to corrupt");
    }

    @Test
    void predictionsUnderNoiseAreRightWrongOrAbstain() {
        String[] command = {
            "smooth",
            search,
            "--strategy",
            "original",
            "--trial",
            "1",
            "--level",
            "0",
            "--sigma",
            "0.8",
            "--draws",
            "50",
            "--predict"
        };
        JsonNode found = line(CommandLineRun.of(and(command, "--images", "9", "--json")));
        int right = 0;
        int abstaining = 0;
        for (JsonNode prediction : found.path("predictions")) {
            int hits = prediction.path("hits").asInt();
            int second = prediction.path("second").asInt();
            assertThat(hits).isGreaterThanOrEqualTo(second);
            assertThat(hits + second).isLessThanOrEqualTo(50);
            boolean abstains = prediction.path("abstains").asBoolean();
            assertThat(abstains).isEqualTo(prediction.path("p").asDouble() > 0.001);
            abstaining += abstains ? 1 : 0;
            right += !abstains
                            && prediction.path("picked").asInt()
                                    == prediction.path("label").asInt()
                    ? 1
                    : 0;
        }
        assertThat(found.path("right").asInt()).isEqualTo(right);
        assertThat(found.path("abstains").asInt()).isEqualTo(abstaining).isPositive();
        assertThat(found.path("wrong").asInt()).isEqualTo(9 - right - abstaining);
        assertThat(found.has("certificates")).isFalse();
        JsonNode first = line(CommandLineRun.of(and(command, "--images", "1", "--json")));
        assertThat(first.path("predictions").path(0))
                .isEqualTo(found.path("predictions").path(0));
        assertThat(CommandLineRun.of(and(command, "--images", "9")).out())
                .contains(
                        "right %", "wrong %", "abstains %", "sigma 0.8, 50 draws, alpha 0.001", "certifies no radius");
        assertThat(CommandLineRun.of(and(command, "--pick", "5")).err())
                .contains("--pick is 5 with --predict, expected no --pick");
    }

    private static String[] and(String[] command, String... more) {
        return Stream.concat(Arrays.stream(command), Arrays.stream(more)).toArray(String[]::new);
    }

    @Test
    void calibrationIsMeasuredOnCorruptedImagesToo() throws IOException {
        String out = both();
        String[] two = {};
        for (String set : List.of("tiny", "colour")) {
            String[] tickets = {
                out, "--data-set", set, "--strategy", "original", "--trial", "1", "--level", "0", "--images", "6"
            };
            List<JsonNode> lines = lines(and(
                    new String[] {"calibrate"}, and(tickets, "--corruptions", "all", "--epsilon", "0.1", "--json")));
            JsonNode accuracies =
                    lines(and(new String[] {"corrupt"}, and(tickets, "--json"))).getFirst();
            assertThat(lines).hasSize(3); // clean, attacked and corrupted
            JsonNode corrupted = lines.get(2);
            boolean grey = set.equals("tiny");
            assertThat(corrupted.path("corrupted").size())
                    .isEqualTo(grey ? 16 : 90)
                    .isEqualTo(accuracies.path("correct").size());
            double ece = 0;
            for (var each : corrupted.path("corrupted").properties()) {
                assertThat(each.getValue().path("correct"))
                        .isEqualTo(accuracies.path("correct").path(each.getKey()));
                boolean counted =
                        !each.getKey().matches("identity|(speckle-noise|gaussian-blur|spatter|saturate)-[1-5]");
                ece += counted ? each.getValue().path("ece").asDouble() / (grey ? 15 : 70) : 0;
            }
            assertThat(corrupted.path("mean").path("ece").asDouble()).isCloseTo(ece, within(1e-12));
            assertThat(corrupted.path("mean").path("accuracy").asDouble())
                    .isCloseTo(accuracies.path("mean").asDouble(), within(1e-12));
            for (String number :
                    grey ? List.of("correct", "ece", "mce", "nll", "brier", "reliability") : List.<String>of()) {
                assertThat(corrupted.path("corrupted").path("identity").path(number))
                        .isEqualTo(lines.getFirst().path(number));
            }
            two = and(new String[] {"calibrate"}, and(tickets, "--corruptions", "fog,brightness"));
            String table = CommandLineRun.done(two).out();
            for (String row : List.of("clean", "fog", "brightness", "corrupted, mean")) {
                assertThat(table.lines().filter(line -> line.contains("fgsm original") && line.contains(row)))
                        .as(row)
                        .hasSize(1);
            }
            assertThat(table).doesNotContain("zigzag").doesNotContain("zoom-blur");
        }
        two[two.length - 1] = "fgo";
        assertThat(CommandLineRun.of(two).err()).contains("--corruptions has fgo, did you mean \"fog\"?");
        assertThat(CommandLineRun.of("calibrate", search, "--all-levels", "--corruptions", "all")
                        .err())
                .contains("expected 28 x 28 grey pixels");
    }

    private static List<JsonNode> lines(String[] command) {
        return CommandLineRun.done(command)
                .out()
                .lines()
                .map(line -> Json.parse(line, "output"))
                .toList();
    }
}
