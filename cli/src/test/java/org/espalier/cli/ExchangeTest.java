package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.espalier.cli.CommandLineRun.done;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.espalier.cli.console.ExitCode;
import org.espalier.data.Digests;
import org.espalier.lab.classify.Classifier;
import org.espalier.lab.exchange.numpy.NpyArray;
import org.espalier.lab.store.CompactFile;
import org.espalier.lab.store.NetworkFile;
import org.espalier.lab.store.Store;
import org.espalier.lab.store.StoredNetwork;
import org.espalier.lab.store.StoredTrial;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tickets of a search that trains in milliseconds, exported, imported, used and trained on. */
class ExchangeTest {
    @TempDir
    private Path home;

    private Path experiment;
    private Path out;

    @BeforeEach
    void search() {
        experiment = TinyImages.file(home);
        out = home.resolve("out");
        done("run", experiment.toString(), "--out", out.toString());
    }

    private Path export(String format, String name, String... more) {
        Path file = home.resolve(name);
        done(exported(format, file, more));
        return file;
    }

    private String[] exported(String format, Path file, String... more) {
        List<String> all = new ArrayList<>(List.of(
                "export",
                out.toString(),
                "--strategy",
                "original",
                "--trial",
                "2",
                "--level",
                "1",
                "--format",
                format,
                "--out",
                file.toString()));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    private StoredNetwork level() {
        Store store = Store.open(out);
        StoredTrial trial = store.trials().stream()
                .filter(each ->
                        each.id().strategy().equals("original") && each.id().trial() == 2)
                .findFirst()
                .orElseThrow();
        return store.level(trial.levels().get(1)).trained().orElseThrow();
    }

    private Path imported(Path model, String name) {
        Path ticket = home.resolve(name);
        done("import", model.toString(), "--out", ticket.toString());
        return ticket;
    }

    /** The images that withstand, one line each. */
    private byte[] evaluated(Path ticket) throws IOException {
        Path results = home.resolve("results-" + ticket.getFileName());
        CommandLineRun run = CommandLineRun.of(
                "evaluate",
                ticket.toString(),
                "--data",
                "tiny",
                "--data-directory",
                home.resolve("images").toString(),
                "--suite",
                "fast",
                "--epsilon",
                "0.1",
                "--rules",
                "none",
                "--out",
                results.toString());
        assertThat(run.code()).as(run.err()).isIn(ExitCode.DONE, ExitCode.REFUSED);
        try (var files = Files.walk(results)) {
            return Files.readAllBytes(files.filter(file -> file.endsWith("examples.jsonl"))
                    .findFirst()
                    .orElseThrow());
        }
    }

    @Test
    void everyFormatKeepsTheNetworkBitForBit() throws IOException {
        StoredNetwork level = level();
        Path compact = export("compact", "net.espalier");
        byte[] expected = evaluated(compact);
        List<Path> tickets = List.of(
                compact,
                imported(export("onnx", "net.onnx"), "of-onnx.safetensors"),
                imported(export("onnx", "sparse.onnx", "--sparse"), "of-sparse.safetensors"),
                imported(export("safetensors", "plain.safetensors"), "of-safetensors.safetensors"));
        for (Path ticket : tickets) {
            StoredNetwork read = NetworkFile.read(ticket).network();
            assertThat(read.weights()).as(ticket.toString()).isEqualTo(level.weights());
            assertThat(read.mask()).as(ticket.toString()).isEqualTo(level.mask());
            assertThat(evaluated(ticket)).as(ticket.toString()).isEqualTo(expected);
        }
        assertThat(Files.size(export("npz", "net.npz"))).isPositive();
    }

    @Test
    void theCardSaysWhatIsMeasuredAndWhatIsNot() throws IOException {
        export("onnx", "before.onnx");
        assertThat(home.resolve("before.md"))
                .content()
                .startsWith("---\nlibrary_name: espalier\n")
                .contains("No evaluation of these weights is stored")
                .contains("## Limits");
        CommandLineRun.of(
                "evaluate",
                out.toString(),
                "--strategy",
                "original",
                "--trial",
                "2",
                "--level",
                "1",
                "--suite",
                "fast",
                "--epsilon",
                "0.1");
        export("onnx", "after.onnx");
        assertThat(home.resolve("after.md"))
                .content()
                .contains("model-index:")
                .contains("L-infinity ball of radius 0.1 | fast | 30 test")
                .contains("95 % interval")
                .contains("not certified");
        export("onnx", "no.onnx", "--no-card");
        assertThat(home.resolve("no.md")).doesNotExist();
    }

    private void certifySeven() {
        done(
                "certify",
                out.toString(),
                "--strategy",
                "original",
                "--trial",
                "2",
                "--level",
                "1",
                "--epsilon",
                "2/255",
                "--images",
                "7");
    }

    @Test
    void theCardAndTheMetadataHaveCertificatesWithoutAnEvaluation() throws IOException {
        certifySeven();
        String row = "| L-infinity ball of radius 2/255 | crown | 7 test | ";
        Path onnx = export("onnx", "certified.onnx", "--sparse");
        assertThat(home.resolve("certified.md"))
                .content()
                .contains(
                        row, "name: certified accuracy, method crown, L-infinity ball of radius 2/255, 7 test images\n")
                .contains("No evaluation of these weights by a suite of attacks is stored")
                .contains("stores the surviving weights alone")
                .doesNotContain("hold zeros");
        String about = CompactFile.about(Files.readAllBytes(export("compact", "certified.espalier")), "certified")
                .get("espalier.certificate.1");
        assertThat(about)
                .startsWith("method crown, L-infinity ball of radius 2/255, 7 test images: clean ")
                .containsPattern("certified [0-9.]+ % \\(95 % interval");

        Path ticket = imported(onnx, "again.safetensors");
        TinyImages.onData(home, "certify", ticket.toString(), "--epsilon", "0.25", "--images", "5", "--method", "ibp");
        done("export", ticket.toString(), "--out", home.resolve("more.onnx").toString());
        assertThat(home.resolve("more.md"))
                .content()
                .contains("| L-infinity ball of radius 0.25 | ibp | 5 test | ", "hold zeros")
                .doesNotContain(row);
    }

    @Test
    void aTicketFilesExportKeepsTheFiguresInItsMetadataAndNamesTheirDigest() throws IOException {
        certifySeven();
        Path kept = export("compact", "kept.espalier");
        String source = CompactFile.about(Files.readAllBytes(kept), "kept").get("espalier.ticket-sha256");
        // Twice, as every file has another digest.
        Path away = home.resolve("away");
        Files.createDirectory(away);
        for (Path from : List.of(kept, away.resolve("one.espalier"))) {
            Path to = away.resolve(from == kept ? "one.espalier" : "two.espalier");
            done("export", from.toString(), "--format", "compact", "--out", to.toString());
            assertThat(CompactFile.about(Files.readAllBytes(to), "to"))
                    .containsEntry("espalier.ticket-sha256", Digests.sha256(Files.readAllBytes(from)))
                    .containsEntry("espalier.source-sha256", source)
                    .containsKeys("espalier.certificate.1", "espalier.level");
            assertThat(to.resolveSibling(from == kept ? "one.md" : "two.md"))
                    .content()
                    .contains("SHA-256 of this file | `" + Digests.sha256(Files.readAllBytes(to)) + "`")
                    .contains("SHA-256 of the ticket | `" + Digests.sha256(Files.readAllBytes(from)) + "`")
                    .contains("SHA-256 of the ticket that it was made of | `" + source + "`")
                    .contains("| origin | tiny ")
                    .contains("- method crown, L-infinity ball of radius 2/255, 7 test images: clean ")
                    .doesNotContain("No evaluation of these weights is stored");
        }
    }

    @Test
    void exportsOfOneStemKeepTheirCards() throws IOException {
        export("safetensors", "net.safetensors");
        export("onnx", "net.onnx");
        assertThat(home.resolve("net.md")).content().contains("# net.safetensors\n");
        assertThat(home.resolve("net.onnx.md")).content().contains("# net.onnx\n");
        export("safetensors", "net.safetensors");
        assertThat(home.resolve("net.md")).content().contains("# net.safetensors\n");
        Files.delete(home.resolve("net.safetensors"));
        export("onnx", "net.onnx");
        assertThat(home.resolve("net.md")).content().contains("# net.onnx\n");
    }

    @Test
    void anExportReplacesNothingThatNoExportWrote() throws IOException {
        Path notes = Files.writeString(home.resolve("mine.md"), "my notes\n");
        Path model = home.resolve("mine.onnx");
        assertThat(refused("onnx", model))
                .endsWith("mine.md exists, and no export wrote it; expected another file with"
                        + " --out, or --replace\n");
        assertThat(notes).hasContent("my notes\n");
        assertThat(model).doesNotExist();
        export("onnx", "mine.onnx", "--replace");
        export("onnx", "mine.onnx");
        Files.writeString(model, "another network");
        assertThat(refused("onnx", model)).contains("mine.onnx exists, and no export wrote it");
        assertThat(refused("onnx", home.resolve("mine.pth")))
                .contains(
                        "mine.pth, whose ending is that of PyTorch, but --format is onnx; expected a name as mine.onnx");
        assertThat(refused("compact", home.resolve("mine.md"))).contains("whose ending is that of the model card");
    }

    private String refused(String format, Path file) {
        CommandLineRun run = CommandLineRun.of(exported(format, file));
        assertThat(run.code()).isEqualTo(ExitCode.MISTAKE);
        assertThat(run.err()).hasLineCount(1);
        return run.err();
    }

    @Test
    void aDataSetThatIsNotTheTicketsEntersNoCard() {
        Path named = export("compact", "net.espalier");
        Path unnamed = imported(export("onnx", "net.onnx"), "unnamed.safetensors");
        Path onnx = home.resolve("other.onnx");
        for (String name : List.of("nosuch", "digits")) {
            assertThat(refusedData(named, onnx, name))
                    .contains("--data is " + name + ", expected tiny, the data set that " + named + " names");
        }
        assertThat(refusedData(unnamed, onnx, "nosuch")).contains("--data is nosuch, which is no known data set");
        assertThat(refusedData(unnamed, onnx, "digitz")).contains("did you mean \"digits\"?");
        assertThat(refusedData(unnamed, onnx, "digits"))
                .contains("unnamed.safetensors has 9 inputs, expected the 784 pixels of an image of data set digits");
        assertThat(onnx).doesNotExist();
        for (Path ticket : List.of(named, unnamed)) {
            CommandLineRun run = TinyImages.onData(home, "export", ticket.toString(), "--out", onnx.toString());
            assertThat(run.code()).as(run.err()).isZero();
            assertThat(home.resolve("other.md")).content().contains("| data set | tiny |");
        }
        done("export", unnamed.toString(), "--out", onnx.toString());
        assertThat(home.resolve("other.md")).content().contains("| data set | not known |");
    }

    private static String refusedData(Path ticket, Path to, String data) {
        CommandLineRun run =
                CommandLineRun.of("export", ticket.toString(), "--out", to.toString(), "--data", data, "--no-card");
        assertThat(run.code()).isEqualTo(ExitCode.MISTAKE);
        assertThat(run.err()).hasLineCount(1);
        return run.err();
    }

    @Test
    void aFileOfAnotherFormatIsNoDamagedTicket() {
        Path onnx = export("onnx", "net.onnx");
        for (String command : List.of("certify", "evaluate", "export")) {
            assertThat(CommandLineRun.of(command, onnx.toString()).err())
                    .contains("net.onnx is an ONNX file: 'espalier import' makes a ticket of it first");
        }
    }

    @Test
    void aFileThatIsNoTicketIsSaidToBeNone() throws IOException {
        Path notes = Files.writeString(home.resolve("notaticket.md"), "my notes on tickets, in words\n");
        for (String[] command : List.of(
                new String[] {"certify", notes.toString()},
                new String[] {"evaluate", notes.toString()},
                new String[] {"export", notes.toString()},
                new String[] {"predict", notes.toString(), "a.png"},
                new String[] {"check", "a.npz", "--network", notes.toString()},
                new String[] {"run", experiment.toString(), "--from", notes.toString()})) {
            assertThat(CommandLineRun.of(command).err())
                    .as(command[0])
                    .contains("notaticket.md is no ticket: expected ")
                    .hasLineCount(1);
        }
    }

    @Test
    void aTableIsRefusedByANetworkOfImages() throws IOException {
        Path table = Files.writeString(home.resolve("t.csv"), "a,b\n1,2\n");
        Path kept = Path.of("..", "tickets", "certified-10.espalier");
        assertThat(CommandLineRun.of("predict", kept.toString(), table.toString())
                        .err())
                .contains("t.csv is a table, but the network reads images of 1 x 28 x 28, not tables");
    }

    @Test
    void predictNamesClassesOfPicturesAndArrays() throws IOException {
        Path ticket = export("compact", "net.espalier");
        float[] image = {0.8f, 0, 0, 0.8f, 0, 0, 0.8f, 0, 0};
        BufferedImage picture = new BufferedImage(3, 3, BufferedImage.TYPE_BYTE_GRAY);
        for (int row = 0; row < 3; row++) {
            picture.getRaster().setSample(0, row, 0, 204);
        }
        Path png = home.resolve("a.png");
        ImageIO.write(picture, "png", png.toFile());
        Path npy = Files.write(
                home.resolve("a.npy"), NpyArray.of(List.of(1, 3, 3), image).encode());
        int expected = Classifier.load(ticket).predict(image);
        CommandLineRun run = done("predict", ticket.toString(), png.toString(), npy.toString());
        assertThat(run.out().lines()).hasSize(2).allMatch(line -> line.matches(".*: " + expected + " \\([0-9.]+ %\\)"));
        assertThat(done("predict", ticket.toString(), npy.toString(), "--json").out())
                .contains("\"class\":" + expected, "\"probabilities\":[");
        assertThat(CommandLineRun.of("predict", ticket.toString(), home.toString())
                        .err())
                .isEqualTo("espalier: " + home + " is a folder: expected pictures, arrays or tables, as "
                        + home.resolve("*.png") + "\n");
        assertThat(CommandLineRun.of("predict", out.toString(), png.toString()).err())
                .contains(
                        "--strategy (original, random)",
                        "--trial (1, 2)",
                        "--level (0 to 1)",
                        ": expected one to predict with")
                .doesNotContain("--all-levels");
        assertThat(CommandLineRun.of("predict", "--help").out()).doesNotContain("--all-levels");
        assertThat(CommandLineRun.of("evaluate", "--help").out()).contains("--all-levels");
        assertThat(CommandLineRun.of("import", "--help").out())
                .contains("[--mean=M,...]")
                .doesNotContain("...[");
        Path wrong = Files.write(
                home.resolve("b.npy"),
                NpyArray.of(List.of(1, 4, 4), new float[16]).encode());
        CommandLineRun refused = CommandLineRun.of("predict", ticket.toString(), wrong.toString());
        assertThat(refused.code()).isEqualTo(ExitCode.MISTAKE);
        assertThat(refused.err()).contains("b.npy has an array of shape [1, 4, 4], expected images of 9");
    }

    @Test
    void aSearchStartsFromATicket() throws IOException {
        Path ticket = export("compact", "net.espalier");
        StoredNetwork given = NetworkFile.read(ticket).network();
        Path more = home.resolve("more");
        done("run", experiment.toString(), "--from", ticket.toString(), "--out", more.toString());
        Store store = Store.open(more);
        for (StoredTrial trial : store.trials()) {
            StoredNetwork first = store.level(trial.levels().get(0)).trained().orElseThrow();
            assertThat(first.mask()).isEqualTo(given.mask());
            assertThat(first.weights()).isNotEqualTo(given.weights());
            StoredNetwork second = store.level(trial.levels().get(1)).trained().orElseThrow();
            assertThat(second.mask().within(given.mask())).isTrue();
            assertThat(second.mask().count()).isLessThan(given.mask().count());
            assertThat(trial.levels())
                    .doesNotContainAnyElementsOf(
                            Store.open(out).trials().getFirst().levels());
        }
        done("run", experiment.toString(), "--from", ticket.toString(), "--out", more.toString());
        done("report", more.toString());
        // What is stored of the search is enough to tell of it.
        Path away = Files.move(ticket, home.resolve("away.espalier"));
        done("report", more.toString(), "--text");
        done("status", more.toString());
        Files.move(away, ticket);

        // The original strategy restarts from the ticket's own weights.
        Path untrained = home.resolve("untrained");
        done(
                "run",
                experiment.toString(),
                "--from",
                ticket.toString(),
                "--set",
                "training.iterations=1",
                "--set",
                "training.optimizer={kind: sgd, rate: 1e-30}",
                "--set",
                "strategies=[original]",
                "--out",
                untrained.toString());
        Store still = Store.open(untrained);
        StoredNetwork pruned =
                still.level(still.trials().getFirst().levels().get(1)).trained().orElseThrow();
        for (int layer = 0; layer < given.mask().architecture().layers(); layer++) {
            for (int i = 0; i < given.mask().architecture().weights(layer); i++) {
                if (pruned.mask().keeps(layer, i)) {
                    assertThat(pruned.weights().matrix(layer)[i])
                            .isEqualTo(given.weights().matrix(layer)[i]);
                }
            }
        }
        CommandLineRun missing = CommandLineRun.of(
                "run", experiment.toString(), "--from", home.resolve("none").toString());
        assertThat(missing.code()).isEqualTo(ExitCode.MISTAKE);
        assertThat(missing.err()).contains("none is missing").hasLineCount(1);
    }
}
