package org.espalier.cli.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.espalier.cli.CommandLineRun;
import org.espalier.cli.TinyImages;
import org.espalier.cli.console.ExitCode;
import org.espalier.fixtures.Trees;
import org.espalier.lab.file.Json;
import org.espalier.report.format.Csv;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A whole benchmark of four methods on images that train in milliseconds. */
class BenchmarkCommandTest {
    @TempDir
    private Path home;

    private Path file;
    private Path out;

    @BeforeEach
    void definition() throws IOException {
        TinyImages.write(home.resolve("images"));
        file = Files.writeString(home.resolve("tiny.yaml"), """
                name: tiny
                updates: 20
                sparsities: [0.5, 0.75]
                trials: 2
                evaluation: {epsilon: 0.1, suite: fast, images: 30, curve-images: 20, curve-iterations: 5}
                experiment:
                  data: {sets: [{name: tiny, directory: images}], validation: 20}
                  network: {hidden: [6, 5]}
                  training: {batch: 10}
                  attacks: {fgsm: {kind: fgsm, epsilon: $epsilon}}
                  objectives: [fgsm]
                  evaluation: {every: $iterations, attacks: [fgsm]}
                  pruning: {levels: 1, scope: global, quota: {kind: uniform, density: $density}, schedule: one-shot}
                  strategies: [original]
                methods:
                  - {name: dense, prunes: none, criterion: none, sparsities: [0],
                     experiment: {pruning: {levels: 0}, strategies: [none]}}
                  - {name: random, prunes: before, criterion: draw,
                     experiment: {pruning: {criterion: random, scope: layer}}}
                  - {name: rigl, prunes: during, criterion: magnitude,
                     experiment: {strategies: [none], training: {mask: {kind: rigl, density: $density, every: 5}}}}
                  - {name: magnitude, prunes: after, criterion: magnitude, trainings: 2,
                     experiment: {strategies: [continued]}}
                  - {name: units, prunes: after, criterion: sum, trainings: 2, structured: true, sparsities: [0.5],
                     experiment: {pruning: {criterion: structured, scope: layer}, strategies: [continued]}}
                """);
        out = home.resolve("out");
    }

    private CommandLineRun benchmark(String... more) {
        List<String> all = new ArrayList<>(List.of("benchmark", file.toString(), "--out", out.toString()));
        all.addAll(List.of(more));
        return CommandLineRun.of(all.toArray(String[]::new));
    }

    private JsonNode json() throws IOException {
        return Json.parse(Files.readAllBytes(out.resolve("benchmark.json")), "benchmark.json");
    }

    @Test
    void methodsAreTrainedEvaluatedAndCompared() throws IOException {
        CommandLineRun run = benchmark();
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.err())
                .contains("1 of 8: dense-s0, 2 levels trained")
                // The dense levels are those of dense-s0.
                .contains("random-s50, 2 levels trained")
                .contains("magnitude-s50, 4 levels trained")
                .contains("magnitude-s75, 2 levels trained");
        assertThat(run.out())
                .contains("Methods that prune weights", "Methods that prune units", "50 % pruned", "75 % pruned")
                .contains("dense network with the same updates: clean ");
        JsonNode json = json();
        assertThat(json.path("results")).hasSize(8);
        for (JsonNode result : json.path("results")) {
            assertThat(result.path("updates").asInt()).isEqualTo(20);
            assertThat(result.path("trials")).hasSize(2);
            for (JsonNode trial : result.path("trials")) {
                assertThat(trial.path("robust").path("images").asInt()).isEqualTo(30);
                assertThat(trial.path("curve").path(0).path(0).asDouble()).isZero();
                assertThat(trial.path("of-weights").asInt()).isEqualTo(9 * 6 + 6 * 5 + 5 * 3);
            }
        }
        JsonNode board = json.path("boards").path(1);
        assertThat(board.path("sparsity").asDouble()).isEqualTo(0.5);
        assertThat(board.path("ranking")).hasSize(3);
        assertThat(board.path("pairs")).hasSize(3);
        for (JsonNode pair : board.path("pairs")) {
            assertThat(pair.path("difference").path("mean").asDouble()).isGreaterThanOrEqualTo(0);
            assertThat(pair.path("p-holm").asDouble())
                    .isGreaterThanOrEqualTo(pair.path("p").asDouble());
        }
        assertThat(Files.readString(out.resolve("index.html")))
                .contains("Which method is the most robust?", "difference to the best", "benchmark-distance-50");
        assertThat(Files.readString(out.resolve("leaderboard.md"))).contains("| random | before |");
        assertThat(csv()).isEqualTo(expectedRows(json));
        assertThat(Csv.read(out.resolve("leaderboard.csv")))
                .extracting(row -> Double.valueOf(row.getOrDefault("white-box", "")))
                .containsExactlyInAnyOrderElementsOf(afterGradients());
    }

    /** What the last attack with gradients of each suite leaves, as the stored evaluations have it. */
    private List<Double> afterGradients() throws IOException {
        List<Double> left = new ArrayList<>();
        try (Stream<Path> files = Files.walk(out)) {
            for (Path file : files.filter(each -> each.endsWith("summary.json")).toList()) {
                JsonNode summary = Json.parse(Files.readAllBytes(file), file.toString());
                if (!summary.path("suite").asString().equals("fast")) {
                    continue;
                }
                double after = Double.NaN;
                for (JsonNode attack : summary.path("attacks")) {
                    if (attack.path("purpose").asString().equals("suite")
                            && attack.path("access").asString().equals("white-box")) {
                        after = attack.path("accuracy-after").asDouble();
                    }
                }
                left.add(after);
            }
        }
        return left;
    }

    /** Method, sparsity, trial, robust accuracy and place of the leaderboard's CSV file. */
    private List<List<String>> csv() {
        return Csv.read(out.resolve("leaderboard.csv")).stream()
                .map(row -> Stream.of("method", "sparsity", "trial", "robust", "rank")
                        .map(row::get)
                        .toList())
                .toList();
    }

    /** The same from the JSON: each board's ranking, and each method's trials. */
    private static List<List<String>> expectedRows(JsonNode json) {
        List<List<String>> rows = new ArrayList<>();
        for (JsonNode board : json.path("boards")) {
            int rank = 0;
            for (JsonNode place : board.path("ranking")) {
                rank++;
                for (JsonNode result : json.path("results")) {
                    if (result.path("method").equals(place.path("method"))
                            && result.path("sparsity").equals(board.path("sparsity"))) {
                        for (JsonNode trial : result.path("trials")) {
                            JsonNode robust = trial.path("robust");
                            rows.add(List.of(
                                    place.path("method").asString(),
                                    board.path("sparsity").asString(),
                                    trial.path("trial").asString(),
                                    Double.toString(robust.path("correct").asDouble()
                                            / robust.path("images").asDouble()),
                                    Integer.toString(rank)));
                        }
                    }
                }
            }
        }
        return rows;
    }

    @Test
    void whatIsDoneIsNotDoneAgainAndTrialsAreAdded() throws IOException {
        benchmark("--methods", "random,magnitude", "--sparsity", "0.5", "--trials", "1", "--jobs", "1");
        CommandLineRun again = benchmark("--methods", "random,magnitude", "--sparsity", "0.5", "--trials", "1");
        assertThat(again.err()).contains("random-s50, 0 levels trained").contains("magnitude-s50, 0 levels trained");
        byte[] one = Files.readAllBytes(out.resolve("benchmark.json"));
        benchmark("--methods", "random,magnitude", "--sparsity", "0.5", "--trials", "1", "--report");
        assertThat(Files.readAllBytes(out.resolve("benchmark.json"))).isEqualTo(one);
        CommandLineRun more = benchmark("--methods", "random,magnitude", "--sparsity", "0.5", "--trials", "2");
        assertThat(more.err()).contains("random-s50, 2 levels trained");
        assertThat(json().path("results").path(0).path("trials")).hasSize(2);
    }

    @Test
    void aLevelThatIsThereIsCopiedByteByByte() throws IOException {
        benchmark("--methods", "dense,random", "--trials", "1");
        Set<Path> dense = files(out.resolve("dense-s0"));
        Set<Path> random = files(out.resolve("random-s50"));
        assertThat(random).containsAll(dense);
        for (Path level : dense) {
            assertThat(out.resolve("random-s50").resolve(level))
                    .hasSameBinaryContentAs(out.resolve("dense-s0").resolve(level));
        }
    }

    private static Set<Path> files(Path store) throws IOException {
        try (Stream<Path> all = Files.walk(store.resolve("levels"))) {
            return all.filter(Files::isRegularFile).map(store::relativize).collect(Collectors.toSet());
        }
    }

    @Test
    void certificatesAreAddedToABenchmarkThatHasNone() throws IOException {
        // Networks that learn, and a radius at which they certify different shares.
        Files.writeString(
                file,
                Files.readString(file)
                        .replace("updates: 20", "updates: 400")
                        .replace("hidden: [6, 5]", "hidden: [40]")
                        .replace("{epsilon: 0.1", "{epsilon: 0.3"));
        benchmark("--methods", "dense,magnitude,random", "--sparsity", "0.5", "--trials", "1");
        assertThat(json().path("results").path(0).path("trials").path(0).has("certified"))
                .isFalse();
        assertThat(json().path("boards").path(1).has("certified-pairs")).isFalse();
        assertThat(Csv.read(out.resolve("leaderboard.csv")))
                .allSatisfy(row -> assertThat(row)
                        .containsEntry("certified-noise", "")
                        .containsEntry("certified-behind-the-best", ""));
        assertThat(Files.readString(out.resolve("leaderboard.md"))).doesNotContain("certified, difference");
        Files.writeString(file, Files.readString(file).replace("suite: fast,", "suite: fast, certify: ibp,"));
        CommandLineRun run = benchmark("--methods", "dense,magnitude,random", "--sparsity", "0.5", "--trials", "1");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.err()).contains("magnitude-s50, 0 levels trained");
        assertThat(run.out()).contains("certified %", "certified: the share of these images that ibp proves");
        List<Double> shares = new ArrayList<>();
        Map<String, Path> certificates = new HashMap<>();
        for (JsonNode result : json().path("results")) {
            double certified = result.path("trials").path(0).path("certified").asDouble(-1);
            shares.add(certified);
            // The same certificate, which the command finds and does not make again.
            CommandLineRun certify = CommandLineRun.of(
                    "certify",
                    out.resolve(result.path("store").asString()).toString(),
                    "--level",
                    result.path("method").asString().equals("dense") ? "0" : "1",
                    "--method",
                    "ibp",
                    "--epsilon",
                    "0.3",
                    "--images",
                    "30",
                    "--json");
            assertThat(certify.code()).as(certify.err()).isZero();
            JsonNode line = Json.parse(certify.out().getBytes(StandardCharsets.UTF_8), "certify");
            assertThat(certified).isEqualTo(line.path("certified").asDouble());
            Path directory = Path.of(line.path("directory").asString());
            assertThat(directory.getParent()).isDirectoryContaining(each -> each.equals(directory));
            assertThat(directory.getParent().toFile().list()).hasSize(1);
            certificates.put(result.path("method").asString(), directory);
        }
        assertThat(shares).hasSize(3);
        assertThat(shares.get(1)).isNotEqualTo(shares.get(2));
        assertThat(Csv.read(out.resolve("leaderboard.csv")).stream()
                        .map(row -> Double.valueOf(row.getOrDefault("certified", "")))
                        .toList())
                .containsExactlyInAnyOrderElementsOf(shares);
        assertThat(json().path("boards").path(0).has("certified-pairs")).isTrue();
        assertThat(json().path("boards").path(0).path("certified-pairs")).isEmpty();
        JsonNode pairs = json().path("boards").path(1).path("certified-pairs");
        assertThat(pairs).hasSize(1);
        assertThat(pairs.path(0).path("difference").path("mean").asDouble(-1))
                .isCloseTo(Math.abs(shares.get(1) - shares.get(2)), within(1e-12));
        assertThat(run.out()).contains(" has the highest certified accuracy: ");
        assertThat(Files.readString(out.resolve("leaderboard.md"))).contains("certified, difference to the best");
        assertThat(Csv.read(out.resolve("leaderboard.csv")).stream()
                        .filter(row -> row.get("certified-noise").equals("best"))
                        .map(row -> row.get("method")))
                .hasSize(2)
                .contains("dense", pairs.path(0).path("high").asString());

        Trees.delete(certificates.get("random"));
        assertThat(benchmark("--methods", "dense,magnitude,random", "--sparsity", "0.5", "--trials", "1", "--report")
                        .out())
                .contains("Without all certificates: random.");
        assertThat(json().path("boards").path(1).path("certified-pairs")).isEmpty();
        assertThat(Csv.read(out.resolve("leaderboard.csv")).stream()
                        .collect(Collectors.toMap(row -> row.get("method"), row -> row.get("certified-noise"))))
                .isEqualTo(Map.of("dense", "best", "magnitude", "best", "random", "not compared"));

        Files.writeString(file, Files.readString(file).replace("certify: ibp,", "certify: crown,"));
        assertThat(benchmark("--methods", "dense", "--trials", "1").err()).contains("holds another benchmark");
        Files.writeString(file, Files.readString(file).replace("certify: crown,", "certify: crowm,"));
        assertThat(benchmark("--plan").err()).contains("certify is crowm", "crown");
    }

    @Test
    void anotherDefinitionIsRefused() throws IOException {
        benchmark("--methods", "dense", "--trials", "1");
        Files.writeString(file, Files.readString(file).replace("updates: 20", "updates: 40"));
        CommandLineRun run = benchmark("--methods", "dense", "--trials", "1");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("holds another benchmark: its benchmark.yaml differs in more");
    }

    @Test
    void aReportOfAnotherDefinitionIsRefused() throws IOException {
        benchmark("--methods", "dense", "--trials", "1");
        byte[] page = Files.readAllBytes(out.resolve("index.html"));
        Files.writeString(file, Files.readString(file).replace("updates: 20", "updates: 4000"));
        CommandLineRun run = benchmark("--methods", "dense", "--trials", "1", "--report");
        assertThat(run.code()).isEqualTo(ExitCode.MISTAKE);
        assertThat(run.err()).contains(out + " holds another benchmark: its benchmark.yaml differs in more");
        assertThat(run.out()).isEmpty();
        assertThat(out.resolve("index.html")).hasBinaryContent(page);
        // Without the definition, the store itself tells.
        Files.delete(out.resolve("benchmark.yaml"));
        assertThat(benchmark("--methods", "dense", "--trials", "1", "--report").err())
                .contains(out.resolve("dense-s0") + " holds another search: ", " is 20 there and 4000 here");
    }

    @Test
    void aReportRefusesWhatStandsInThePlaceOfAStore() throws IOException {
        String[] asked = {"--methods", "dense,random,magnitude", "--sparsity", "0.5", "--trials", "1", "--report"};
        benchmark("--methods", "dense,random,magnitude", "--sparsity", "0.5", "--trials", "1");
        Path random = out.resolve("random-s50");
        Path magnitude = out.resolve("magnitude-s50");
        assertThat(benchmark(asked).code()).isZero();

        Trees.delete(magnitude);
        Trees.copy(random, magnitude);
        CommandLineRun swapped = benchmark(asked);
        assertThat(swapped.code()).isEqualTo(ExitCode.MISTAKE);
        assertThat(swapped.err()).contains(magnitude + " holds another search: ", " there and ");

        Files.delete(magnitude.resolve("index.json"));
        CommandLineRun noIndex = benchmark(asked);
        assertThat(noIndex.code()).isEqualTo(ExitCode.MISTAKE);
        assertThat(noIndex.err()).contains(magnitude + " has no index.json");

        Trees.delete(magnitude);
        Files.writeString(magnitude, "in the way");
        CommandLineRun plain = benchmark(asked);
        assertThat(plain.code()).isEqualTo(ExitCode.MISTAKE);
        assertThat(plain.err()).contains(magnitude + " is no directory");

        // A part of a benchmark may be missing, or be at its very beginning.
        Files.delete(magnitude);
        assertThat(benchmark(asked).code()).isZero();
        Files.createDirectories(magnitude.resolve("levels"));
        assertThat(benchmark(asked).code()).isZero();
        assertThat(json().path("results").path(2).path("trials")).isEmpty();
    }

    @Test
    void aReportOfNothingIsRefused() {
        CommandLineRun run = benchmark("--report");
        assertThat(run.code()).isEqualTo(ExitCode.MISTAKE);
        assertThat(run.err()).contains(out + " holds no results of this benchmark; run it without --report first");
        assertThat(out).doesNotExist();
    }

    @Test
    void thePlanTellsWhatIsDone() {
        benchmark("--methods", "random", "--sparsity", "0.5", "--trials", "1");
        assertThat(benchmark("--plan", "--methods", "random", "--trials", "1").out())
                .containsPattern("random-s50 .* done")
                .containsPattern("random-s75 .* -");
        assertThat(benchmark("--plan", "--methods", "random", "--trials", "2").out())
                .containsPattern("random-s50 .* begun");
    }

    @Test
    void optionsThatDoNotGoTogetherAreRefused() {
        CommandLineRun all = benchmark("--plan", "--report", "--show");
        assertThat(all.code()).isEqualTo(ExitCode.USAGE);
        assertThat(all.err()).contains("--plan and --report and --show are given together, expected one of them");
        for (String list : List.of(",", "dense,", ",dense", "dense,,random")) {
            CommandLineRun methods = benchmark("--plan", "--methods", list);
            assertThat(methods.code()).as(list).isEqualTo(ExitCode.USAGE);
            assertThat(methods.err())
                    .contains("--methods is \"" + list + "\", expected values with commas between them, none empty");
        }
        assertThat(benchmark("--plan", "--sparsity", ",").code()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void thePlanIsListedWithoutTraining() {
        CommandLineRun run = benchmark("--plan");
        assertThat(run.code()).isZero();
        assertThat(run.out()).contains("tiny: 8 experiments").contains("magnitude-s75 |");
        assertThat(out).doesNotExist();
        CommandLineRun wrong = benchmark("--plan", "--methods", "rigel");
        assertThat(wrong.code()).isEqualTo(1);
        assertThat(wrong.err()).contains("there is no method rigel in benchmark tiny; did you mean rigl?");
        assertThat(benchmark("--sparsity", "1").err())
                .contains("--sparsity has 1, expected numbers of at least 0 and below 1");
    }
}
