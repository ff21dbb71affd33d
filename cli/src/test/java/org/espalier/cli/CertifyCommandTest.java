package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.espalier.cli.console.ExitCode;
import org.espalier.lab.file.SafeTensors;
import org.espalier.lab.file.StoreLock;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole command lines on a search that takes milliseconds. */
class CertifyCommandTest {
    @TempDir
    private static Path home;

    private static Path search;

    @TempDir
    private Path empty;

    @BeforeAll
    static void search() {
        search = TinyImages.search(home);
    }

    private static CommandLineRun certify(Path store, String... more) {
        var arguments = new ArrayList<>(List.of("certify", store.toString()));
        arguments.addAll(List.of(more));
        return CommandLineRun.of(arguments.toArray(String[]::new));
    }

    /** A copy of the search, without certificates. */
    private Path copy(String name) {
        Path target = empty.resolve(name);
        try (Stream<Path> files = Files.walk(search)) {
            for (Path file : files.toList()) {
                if (!search.relativize(file).startsWith("certification")) {
                    Files.copy(file, target.resolve(search.relativize(file).toString()));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return target;
    }

    private static Path only(Path store) throws IOException {
        try (Stream<Path> files = Files.walk(store.resolve("certification"), 2)) {
            return files.filter(file -> file.getNameCount()
                            == store.resolve("certification").getNameCount() + 2)
                    .reduce((a, b) -> {
                        throw new AssertionError(a + " and " + b);
                    })
                    .orElseThrow();
        }
    }

    @Test
    void otherNormsAreCertifiedAndKeptElsewhere() throws IOException {
        Path store = copy("norms");
        Path elsewhere = empty.resolve("elsewhere");
        for (String norm : List.of("l2", "l1")) {
            CommandLineRun run = certify(
                    store,
                    "--strategy",
                    "original",
                    "--trial",
                    "1",
                    "--level",
                    "0",
                    "--images",
                    "20",
                    "--norm",
                    norm,
                    "--epsilon",
                    "0.05",
                    "--out",
                    elsewhere.toString());
            assertThat(run.code()).as(run.err()).isZero();
            assertThat(run.out()).contains("Certified by crown, " + norm + ", first 20");
        }
        assertThat(store.resolve("certification")).doesNotExist();
        try (Stream<Path> files = Files.walk(elsewhere, 2)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .anyMatch(name -> name.startsWith("crown-l2-0.05-"))
                    .anyMatch(name -> name.startsWith("crown-l1-0.05-"));
        }
        CommandLineRun exact = certify(
                store,
                "--strategy",
                "original",
                "--trial",
                "1",
                "--level",
                "0",
                "--norm",
                "l2",
                "--epsilon",
                "0.1",
                "--method",
                "exact");
        assertThat(exact.err()).contains("method exact is for the norm linf, the norm is l2");
    }

    @Test
    void aCurveOverAllLevelsIsATableAndIsKept() throws IOException {
        Path store = copy("curve");
        CommandLineRun run = certify(
                store,
                "--strategy",
                "original",
                "--trial",
                "1",
                "--all-levels",
                "--epsilons",
                "0.2,0.01",
                "--images",
                "20");
        assertThat(run.err()).contains("tiny fgsm original trial 1, level 1, epsilon 0.2, crown: 4 of 4 done");
        assertThat(run.code()).isZero();
        assertThat(run.out())
                .contains("Certified by crown, l-infinity, first 20 test images, %")
                .containsPattern("tiny fgsm original trial 1, level 0 +100.0 +0.01 ")
                .contains("Written: 4 certificates");
        CommandLineRun again = certify(
                store,
                "--strategy",
                "original",
                "--trial",
                "1",
                "--all-levels",
                "--epsilons",
                "0.01,0.2",
                "--images",
                "20");
        assertThat(again.err()).contains("4 of 4, there already");
        assertThat(again.out()).isEqualTo(run.out());
    }

    /** A network of zeros names class 0 everywhere: all its right answers are certified, and show nothing. */
    @Test
    void aNetworkThatIgnoresItsInputIsMarked() throws IOException {
        Path file = empty.resolve("constant.safetensors");
        Map<String, SafeTensors.Tensor> tensors = new LinkedHashMap<>();
        tensors.put("layers.0.weight", new SafeTensors.Tensor.Floats(List.of(3, 9), new float[27]));
        tensors.put("layers.0.bias", new SafeTensors.Tensor.Floats(List.of(3), new float[3]));
        Files.write(file, SafeTensors.encode(tensors, Map.of()));
        CommandLineRun run = certify(
                file, "--data-directory", home.resolve("images").toString(), "--data", "tiny", "--images", "20");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).containsPattern("[0-9]\\*").contains("its certificates show nothing");
    }

    @Test
    void exactAnswersLieBetweenBoundsAndAttacks() {
        Path store = copy("exact");
        String[] options = {"--strategy", "original", "--trial", "1", "--level", "1", "--epsilon", "0.1", "--json"};
        CommandLineRun bounds = certify(store, options);
        var more = new ArrayList<>(List.of(options));
        more.addAll(List.of("--method", "exact", "--nodes", "3000"));
        CommandLineRun exact = certify(store, more.toArray(String[]::new));
        assertThat(exact.code()).isZero();
        assertThat(number(exact, "images")).isEqualTo(30);
        assertThat(number(exact, "unknown")).isZero();
        assertThat(number(exact, "certified"))
                .isEqualTo(number(exact, "unbroken"))
                .isBetween(number(bounds, "certified"), number(exact, "attacked"));
        assertThat(number(exact, "attacked")).isEqualTo(number(bounds, "attacked"));
    }

    /** From a convolutional network's training on bounds to its certificates, which no attack contradicts. */
    @Test
    void convolutionsAreTrainedToBeCertified() throws IOException {
        String experiment = TinyImages.experiment(home.resolve("images"))
                .replace(
                        "  hidden: [6]",
                        "  kind: layers\n  layers: [{conv2d: {channels: 6, kernel: 2}}, relu, flatten, linear]")
                .replace("iterations: 20", "iterations: 400")
                .replace("every: 10", "every: 200")
                .replace("iteration: 10", "iteration: 400")
                .replace("objectives: [fgsm]", "objectives: [ibp, crown-ibp]")
                .replace("trials: 2", "trials: 1")
                .replace("strategies: [original, random]", "strategies: [original]")
                .replace(
                        "pruning:",
                        "bounds:\n  ibp: {kind: ibp, epsilon: 0.2}\n"
                                + "  crown-ibp: {kind: crown-ibp, epsilon: 0.2}\npruning:");
        Path file = Files.writeString(empty.resolve("conv.yaml"), experiment);
        Path store = empty.resolve("conv");
        CommandLineRun run = CommandLineRun.of("run", file.toString(), "--out", store.toString());
        assertThat(run.code()).as(run.err()).isZero();
        for (String objective : List.of("ibp", "crown-ibp")) {
            CommandLineRun certified = certify(
                    store,
                    "--objective",
                    objective,
                    "--strategy",
                    "original",
                    "--trial",
                    "1",
                    "--level",
                    "1",
                    "--epsilon",
                    "0.2",
                    "--json");
            assertThat(certified.code()).as(certified.err()).isZero();
            assertThat(number(certified, "certified"))
                    .as(certified.out())
                    .isBetween(0.8, number(certified, "attacked"));
        }
    }

    private static double number(CommandLineRun run, String name) {
        String text = run.out().replaceAll("(?s).*\"" + name + "\":([0-9.E-]+).*", "$1");
        return Double.parseDouble(text);
    }

    @Test
    void neitherJobsNorAnInterruptionChangeAByte() throws IOException {
        String[] options = {
            "--strategy", "random", "--trial", "2", "--level", "1", "--method", "exact", "--epsilon", "0.05"
        };
        Path one = copy("one");
        assertThat(certify(one, withJobs(options, "1")).code()).isZero();
        Path three = copy("three");
        assertThat(certify(three, withJobs(options, "3")).code()).isZero();
        Path whole = only(one);
        assertSame(whole, only(three));

        // As a killed process leaves it: some images done, the last line torn, no certificate.
        Path resumed = only(three);
        List<String> lines = Files.readAllLines(resumed.resolve("images.jsonl"));
        String work = lines.subList(0, 7).stream()
                .map(line -> line.substring(0, line.length() - 1) + ",\"seconds\":0.5}\n")
                .reduce("", String::concat);
        Files.writeString(resumed.resolve("work.jsonl"), work + lines.get(7).substring(0, 20));
        Files.delete(resumed.resolve("images.jsonl"));
        Files.delete(resumed.resolve("certificate.json"));
        assertThat(certify(three, withJobs(options, "2")).code()).isZero();
        assertSame(whole, resumed);
        assertThat(resumed.resolve("seconds.json")).content().contains("0.5,0.5,0.5,0.5,0.5,0.5,0.5,");
        assertThat(resumed.resolve("work.jsonl")).doesNotExist();
    }

    private static String[] withJobs(String[] options, String jobs) {
        var all = new ArrayList<>(List.of(options));
        all.addAll(List.of("--jobs", jobs));
        return all.toArray(String[]::new);
    }

    private static void assertSame(Path expected, Path found) {
        for (String file : List.of("images.jsonl", "certificate.json")) {
            assertThat(found.resolve(file)).hasSameBinaryContentAs(expected.resolve(file));
        }
    }

    @Test
    void aCertificateThatContradictsAnotherIsRefusedWithItsEvidence() throws IOException {
        Path store = copy("contradiction");
        String[] options = {"--strategy", "original", "--trial", "1", "--level", "0", "--epsilon", "0.001"};
        assertThat(certify(store, options).code()).isZero();
        // Another certificate, forged: it says that an image is broken that the first one certifies.
        Path forged = only(store).resolveSibling("forged");
        Files.createDirectories(forged);
        String images = Files.readString(only(store, "crown").resolve("images.jsonl"));
        assertThat(images).contains("\"verified\"");
        String broken = images.replaceFirst(
                "\"attacked\":\\d,\"verdict\":\"verified\"", "\"attacked\":9,\"verdict\":\"falsified\"");
        Files.writeString(forged.resolve("images.jsonl"), broken);
        Files.writeString(
                forged.resolve("certificate.json"),
                Files.readString(only(store, "crown").resolve("certificate.json"))
                        .replaceAll(
                                "\"images.jsonl\":\"[0-9a-f]+\"",
                                "\"images.jsonl\":\""
                                        + org.espalier.lab.file.AtomicFiles.digest(forged.resolve("images.jsonl"))
                                        + "\""));
        CommandLineRun run = certify(store, options);
        assertThat(run.code()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.err()).contains(" of the test split, class ").contains("but an attack gets class 9");
    }

    private static Path only(Path store, String start) throws IOException {
        try (Stream<Path> files = Files.walk(store.resolve("certification"), 2)) {
            return files.filter(file -> String.valueOf(file.getFileName()).startsWith(start))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void aDamagedCertificateIsNamed() throws IOException {
        Path store = copy("damaged");
        String[] options = {"--strategy", "original", "--trial", "1", "--level", "0", "--images", "3"};
        assertThat(certify(store, options).code()).isZero();
        Files.writeString(only(store).resolve("images.jsonl"), "");
        CommandLineRun run = certify(store, options);
        assertThat(run.code()).isEqualTo(ExitCode.MISTAKE);
        assertThat(run.err()).contains("images.jsonl is damaged: expected SHA-256 ");
    }

    @Test
    void twoAtOnceDoNotWriteTheSameCertificates() throws IOException {
        Path store = copy("twice");
        String[] options = {"--strategy", "original", "--trial", "1", "--level", "0", "--images", "3"};
        try (StoreLock held = StoreLock.acquire(Files.createDirectories(store.resolve("certification")))) {
            assertThat(held).isNotNull();
            CommandLineRun refused = certify(store, options);
            assertThat(refused.code()).isEqualTo(ExitCode.MISTAKE);
            assertThat(refused.err())
                    .contains("certification is in use by another run")
                    .hasLineCount(1);
        }
        assertThat(certify(store, options).code()).isZero();
    }

    @Test
    void certificatesOfAnotherDataSetContradictNothing() throws IOException {
        Path other = empty.resolve("other images");
        TinyImages.write(Files.createDirectories(other));
        Path labels = other.resolve("t10k-labels-idx1-ubyte");
        byte[] turned = Files.readAllBytes(labels);
        for (int i = 8; i < turned.length; i++) {
            turned[i] = (byte) ((turned[i] + 1) % 3);
        }
        Files.write(labels, turned);
        Path file;
        try (Stream<Path> files = Files.walk(search)) {
            file = files.filter(each -> each.endsWith("trained.safetensors"))
                    .findFirst()
                    .orElseThrow();
        }
        Path mine = Files.copy(file, empty.resolve("mine.safetensors"));
        String[] options = {"--data", "tiny", "--epsilon", "0.001", "--data-directory"};
        for (Path images : List.of(home.resolve("images"), other)) {
            var all = new ArrayList<>(List.of(options));
            all.add(images.toString());
            CommandLineRun run = certify(mine, all.toArray(String[]::new));
            assertThat(run.code()).as(run.err()).isZero();
        }
        assertThat(empty.resolve("mine.certification/lock")).exists();
    }

    @Test
    void mistakesTakeOneSentence() {
        String[] level = {"--strategy", "original", "--trial", "1", "--level", "0"};
        assertMistake("there is no method \"crwn\": did you mean \"crown\"?", level, "--method", "crwn");
        assertMistake("images is 31, expected 1 to 30, the images of the test split of tiny", level, "--images", "31");
        assertMistake("nodes is 0, expected a number from 1", level, "--method", "exact", "--nodes", "0");
        assertMistake("the time limit is -1.0 seconds", level, "--method", "exact", "--time-limit", "-1");
        assertMistake("--nodes needs --method exact, found ibp", level, "--method", "ibp", "--nodes", "5");
        assertMistake("--weights is worst, expected final or best-validation", level, "--weights", "worst");
        assertMistake("take them all with --all-levels", new String[0]);
        assertUsage("--epsilon is small, expected a number above 0", "--epsilon", "small");
        assertUsage("--epsilon ", "--epsilon", ",");
        assertUsage("--epsilon is 0, expected a number above 0 and at most 1", "--epsilon", "0");
        assertUsage("--epsilon is 1.5, expected a number above 0 and at most 1", "--epsilon", "0.1,1.5");
        assertUsage("--epsilon is -1, expected a number above 0 (see", "--norm", "l2", "--epsilon=-1");
        assertUsage("--epsilon is 0,3, expected numbers above 0: commas separate several", "--epsilon", "0,3");
        assertUsage("--norm is foo, expected linf or l2 or l1", "--norm", "foo");
        assertUsage("--split is train, expected test or validation", "--split", "train");
        assertThat(certify(search, "--all-levels", "--jobs", "0").err())
                .isEqualTo("espalier: --jobs is 0, expected a number from 1 (see espalier certify --help)\n");
    }

    private static void assertUsage(String sentence, String... options) {
        CommandLineRun run = certify(search, options);
        assertThat(run.err()).contains(sentence).hasLineCount(1);
        assertThat(run.code()).isEqualTo(ExitCode.USAGE);
    }

    private static void assertMistake(String sentence, String[] level, String... more) {
        var all = new ArrayList<>(List.of(level));
        all.addAll(List.of(more));
        CommandLineRun run = certify(search, all.toArray(String[]::new));
        assertThat(run.err()).contains(sentence).hasLineCount(1);
        assertThat(run.code()).isEqualTo(ExitCode.MISTAKE);
        assertThat(run.out()).isEmpty();
    }
}
