package org.espalier.cli.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.espalier.cli.CommandLineRun;
import org.espalier.cli.console.ExitCode;
import org.espalier.lab.exchange.numpy.NpyArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataImportCommandTest {
    @TempDir
    Path directory;

    @Test
    void picturesBecomeADataSetThatSearchesPredictionsAndModelCardsKnow() throws IOException {
        Path pictures = pictures(directory.resolve("pictures"), 30);
        Path set = directory.resolve("set");
        CommandLineRun run = imported(set, pictures.toString());
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .contains("mine: 60 images of 4 x 4 pixels in grey, 2 classes")
                .contains("class  training  validation  test")
                .contains("left         21           3     6")
                .contains("splits: training, validation, test drawn with seed 1, each class in its share")
                .contains("next: ./espalier run quick-mlp --set 'data.sets=[{name: mine, directory: " + set
                        + "}]' --out runs/mine\n");
        CommandLineRun verified = CommandLineRun.of("data", "verify", "mine", "--directory", set.toString());
        assertThat(verified.out()).endsWith("48 training and 12 test images of 4 x 4 pixels, 2 classes, as imported\n");

        Path search = directory.resolve("search");
        search(search, set);
        CommandLineRun predicted = CommandLineRun.of(
                "predict",
                search.toString(),
                "--level",
                "1",
                pictures.resolve("left/3.png").toString(),
                pictures.resolve("right/3.png").toString());
        assertThat(predicted.err()).isEmpty();
        assertThat(predicted.out())
                .containsPattern("left/3.png: (left|right) \\([0-9.]+ %\\)")
                .containsPattern("right/3.png: (left|right) \\([0-9.]+ %\\)");
        Path compact = directory.resolve("ticket.espalier");
        export(search, "compact", compact);
        assertThat(Files.readString(directory.resolve("ticket.md")))
                .contains("datasets:\n  - mine\n", "| data set | mine |", "| classes | left, right |");
        // The exported file names its data set, so that a card made of it does not assume another.
        Path onnx = directory.resolve("again.onnx");
        assertThat(CommandLineRun.of("export", compact.toString(), "--out", onnx.toString())
                        .code())
                .isZero();
        assertThat(Files.readString(directory.resolve("again.md"))).contains("| data set | mine |");
    }

    @Test
    void classesKeepTheNamesThatTheSearchSaw() throws IOException {
        Path pictures = pictures(directory.resolve("pictures"), 30);
        Path set = directory.resolve("set");
        imported(set, pictures.toString());
        Path search = directory.resolve("search");
        search(search, set);
        Path compact = directory.resolve("before.espalier");
        export(search, "compact", compact);
        Path other = directory.resolve("other");
        Files.createDirectory(other);
        Files.move(pictures.resolve("left"), other.resolve("up"));
        Files.move(pictures.resolve("right"), other.resolve("down, or below"));
        Path picture = other.resolve("up/3.png");
        assertThat(imported(set, other.toString(), "--replace").code()).isZero();
        for (boolean present : new boolean[] {true, false}) {
            if (!present) {
                Files.move(set, directory.resolve("away"));
            }
            assertThat(CommandLineRun.of("predict", search.toString(), "--level", "1", picture.toString())
                            .out())
                    .containsPattern("3.png: (left|right) ");
            // The file names its data set and has the names itself.
            assertThat(CommandLineRun.of("predict", compact.toString(), picture.toString())
                            .out())
                    .containsPattern("3.png: (left|right) ");
            export(search, "onnx", directory.resolve("after.onnx"));
            assertThat(Files.readString(directory.resolve("after.md"))).contains("| classes | left, right |");
        }
    }

    @Test
    void rowsOfATableAreStandardisedInTheNetworkAndPredicted() throws IOException {
        StringBuilder text = new StringBuilder("size,weight,kind\n");
        for (int i = 0; i < 120; i++) {
            boolean large = i % 2 == 0;
            text.append(large ? 70 + i % 7 : 20 + i % 5)
                    .append(',')
                    .append(1000 + 3 * (i % 11))
                    .append(',');
            text.append(large ? "pear" : "plum").append('\n');
        }
        Path table = Files.writeString(directory.resolve("fruit.csv"), text);
        Path set = directory.resolve("set");
        CommandLineRun run = imported(set, table.toString(), "--label", "kind");
        assertThat(run.out()).contains("mine: 120 rows of 2 features, 2 classes");
        Path search = directory.resolve("search");
        search(search, set);
        Path other = Files.writeString(
                directory.resolve("new.csv"), "weight,colour,size\n1010,red,72\n1010,blue,21\n1010,red,9999\n");
        CommandLineRun predicted = CommandLineRun.of("predict", search.toString(), "--level", "1", other.toString());
        assertThat(predicted.err()).isEmpty();
        assertThat(predicted.out().lines().map(line -> line.replaceAll(".*: ([a-z]+) .*", "$1")))
                .containsExactly("pear", "plum", "pear");
        Path onnx = directory.resolve("ticket.onnx");
        export(search, "onnx", onnx);
        assertThat(Files.readString(directory.resolve("ticket.md")))
                .contains("pipeline_tag: tabular-classification", "| size | 20.0 | 76.0 |", "| classes | pear, plum |");
        CommandLineRun certified =
                CommandLineRun.of("certify", search.toString(), "--level", "1", "--epsilon", "0.05", "--images", "5");
        assertThat(certified.err()).isEmpty();
        assertThat(certified.out())
                .contains("certified", "\nNext: espalier export " + search + " --level 1 --format onnx\n");
        // Values that are no multiples of 1/255 are floats for every command that reads them.
        assertThat(set.resolve("test-images-idx4-float")).exists();
        CommandLineRun evaluated = CommandLineRun.of(
                "evaluate",
                search.toString(),
                "--level",
                "1",
                "--suite",
                "fast",
                "--epsilon",
                "0.45",
                "--rules",
                "none",
                "--keep");
        assertThat(evaluated.code()).as(evaluated.err()).isIn(ExitCode.DONE, ExitCode.REFUSED);
        assertThat(evaluated.out()).contains("fast");
        CommandLineRun small = CommandLineRun.of(
                "evaluate",
                search.toString(),
                "--level",
                "1",
                "--suite",
                "fast",
                "--epsilon",
                "0.05",
                "--rules",
                "none");
        assertThat(small.code()).as(small.err()).isIn(ExitCode.DONE, ExitCode.REFUSED);
        CommandLineRun report = CommandLineRun.of("report", search.toString());
        assertThat(report.err()).isEmpty();
        assertThat(Files.readString(search.resolve("report/index.html")))
                .contains("are no images", "certificates cover the first 5 of the 24 images of the suite");
        export(search, "npz", directory.resolve("pruned.npz"));
        assertThat(Files.readString(directory.resolve("pruned.md")))
                .contains(
                        "A sparse classifier of table rows",
                        "  - sparse\n",
                        "certificates cover 5 of the 24 test images");
        Path dense = directory.resolve("dense.onnx");
        assertThat(CommandLineRun.of("export", search.toString(), "--level", "0", "--out", dense.toString())
                        .code())
                .isZero();
        assertThat(Files.readString(directory.resolve("dense.md")))
                .contains("A dense classifier of table rows")
                .doesNotContain("sparse", "lottery");
        Path kept;
        try (var files = Files.walk(search)) {
            kept = files.filter(file -> file.endsWith("examples.npz"))
                    .findFirst()
                    .orElseThrow();
        }
        export(search, "safetensors", directory.resolve("ticket.safetensors"));
        CommandLineRun judged = CommandLineRun.of(
                "check",
                kept.toString(),
                "--network",
                directory.resolve("ticket.safetensors").toString(),
                "--data",
                "mine",
                "--data-directory",
                set.toString(),
                "--no-store");
        assertThat(judged.code()).as(judged.err()).isZero();
        assertThat(judged.out()).doesNotContain("another original");
    }

    /** The line names the recipe of the guide on data: radii of bound and attack, and few updates for few pictures. */
    @Test
    void theNextCommandForPicturesSetsBothRadii() throws IOException {
        Path set = directory.resolve("set");
        CommandLineRun run =
                imported(set, pictures(directory.resolve("pictures"), 12).toString(), "--size", "8x8");
        String sets = " --set bounds.ibp.epsilon=2/255 --set attacks.pgd.epsilon=2/255 --set attacks.pgd.step=0.002"
                + " --set training.iterations=1500 --set bounds.ibp.schedule.warm-up=50"
                + " --set bounds.ibp.schedule.ramp=750 --set evaluation.every=500";
        assertThat(run.out())
                .as(run.err())
                .containsPattern("next: ./espalier run certified --set 'data.sets=.*'" + sets);
        String guide =
                Files.readString(Path.of("..", "docs", "guides", "data.md")).replaceAll("\\\\\n *", "");
        assertThat(guide).contains("./espalier run certified --set 'data.sets=[pets]'" + sets + " --out runs/pets");
    }

    @Test
    void labelsThatAreNoIntegersAreNamed() throws IOException {
        Path x = Files.write(
                directory.resolve("x01.npy"),
                NpyArray.of(List.of(4, 3, 3), new float[36]).encode());
        Path y = Files.write(
                directory.resolve("yf.npy"),
                NpyArray.of(List.of(4), new float[4]).encode());
        assertThat(imported(directory.resolve("set"), x.toString(), y.toString())
                        .err())
                .startsWith("espalier: " + y + " has one number for each example of " + x + ", of type ")
                .endsWith(", but labels must be integers: expected whole numbers, as of type int64, and --label yf if"
                        + " these are the labels\n");
        assertThat(imported(directory.resolve("set"), x.toString(), y.toString(), "--label", "yf")
                        .err())
                .startsWith("espalier: " + y + " has labels of type ")
                .endsWith(", but labels must be integers: expected whole numbers, as of type int64\n");
        assertThat(imported(directory.resolve("set"), x.toString(), copy(x, "w.npy"))
                        .err())
                .contains("both look like examples: expected one of them");
    }

    @Test
    void mistakesAreOneSentence() throws IOException {
        Path set = directory.resolve("set");
        Path flat = pictures(directory.resolve("pictures"), 3).resolve("left");
        assertThat(imported(set, flat.toString()).err())
                .endsWith("; put the pictures of each class into a folder of their own\n")
                .hasLineCount(1);
        assertThat(imported(set, "missing").err())
                .isEqualTo("espalier: missing is missing: expected a folder or files of data\n");
        Path table = Files.writeString(directory.resolve("a.csv"), "x,label\n1,0\n");
        assertThat(imported(set, table.toString(), "--shape", "2").err())
                .contains("--shape is 2, expected rows x columns, or rows x columns x channels");
        assertThat(imported(set, table.toString(), "--box", "x=3:1").err())
                .contains("--box is x=3:1, expected LOW:HIGH");
        assertThat(imported(set, table.toString(), "--channels", "middle").err())
                .contains("--channels is middle, expected first or last");
        assertThat(imported(set, table.toString()).err()).contains("one class only, 0: expected at least 2 classes");
        assertThat(CommandLineRun.of("data", "import", table.toString(), "--name", "digits")
                        .err())
                .contains("--name is digits, which is a known data set");
        assertThat(CommandLineRun.of("data", "import", table.toString()).code()).isEqualTo(ExitCode.USAGE);
        assertThat(set).doesNotExist();
    }

    private static CommandLineRun imported(Path set, String source, String... more) {
        List<String> arguments = new ArrayList<>(List.of("data", "import", source, "--name", "mine"));
        arguments.addAll(List.of("--directory", set.toString()));
        arguments.addAll(List.of(more));
        return CommandLineRun.of(arguments.toArray(String[]::new));
    }

    private static void search(Path search, Path set) {
        CommandLineRun run = CommandLineRun.of(
                "run",
                "quick-mlp",
                "--trials",
                "1",
                "--jobs",
                "1",
                "--out",
                search.toString(),
                "--set",
                "data.sets=[{name: mine, directory: " + set + "}]",
                "--set",
                "network.hidden=[8]",
                "--set",
                "training.iterations=300",
                "--set",
                "training.optimizer={kind: adam, rate: 0.01}",
                "--set",
                "evaluation.every=100",
                "--set",
                "report.iteration=300",
                "--set",
                "attacks.pgd.epsilon=0.02",
                "--set",
                "pruning.levels=1",
                "--set",
                "strategies=[original]");
        assertThat(run.code()).as(run.err()).isZero();
    }

    private static void export(Path search, String format, Path out) {
        CommandLineRun run = CommandLineRun.of(
                "export", search.toString(), "--level", "1", "--format", format, "--out", out.toString());
        assertThat(run.err()).isEmpty();
    }

    private static String copy(Path file, String name) throws IOException {
        return Files.copy(file, file.resolveSibling(name)).toString();
    }

    private static Path pictures(Path folder, int each) throws IOException {
        for (String name : List.of("left", "right")) {
            Files.createDirectories(folder.resolve(name));
            for (int i = 0; i < each; i++) {
                BufferedImage image = new BufferedImage(4, 4, BufferedImage.TYPE_BYTE_GRAY);
                for (int p = 0; p < 16; p++) {
                    image.getRaster()
                            .setSample(
                                    p % 4,
                                    p / 4,
                                    0,
                                    (name.equals("left") == p % 4 < 2 ? 20 : 180) + (i * 7 + p * 3) % 50);
                }
                ImageIO.write(
                        image, "png", folder.resolve(name).resolve(i + ".png").toFile());
            }
        }
        return folder;
    }
}
