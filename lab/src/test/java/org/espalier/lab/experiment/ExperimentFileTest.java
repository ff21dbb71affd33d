package org.espalier.lab.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.espalier.UserException;
import org.espalier.attack.Fgsm;
import org.espalier.attack.LabelChoice;
import org.espalier.attack.Pgd;
import org.espalier.attack.TrainingAttackKind;
import org.espalier.prune.CountingRule;
import org.espalier.train.OptimizerSettings;
import org.espalier.train.Ramp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ExperimentFileTest {
    @Test
    void theDefaultsAreThePapersOnDigits() {
        Experiment defaults = ExperimentFile.parse("", "empty.yaml");
        Experiment paper = ExperimentFile.read("paper", List.of("data.sets=[digits]", "name=experiment"));
        assertThat(defaults.training()).isEqualTo(paper.training());
        assertThat(defaults.network()).isEqualTo(paper.network());
        assertThat(defaults.attacks()).isEqualTo(paper.attacks());
        assertThat(defaults.objectives()).isEqualTo(paper.objectives());
        assertThat(defaults.evaluation()).isEqualTo(paper.evaluation());
        assertThat(defaults.pruning()).isEqualTo(paper.pruning());
        assertThat(defaults.strategies()).isEqualTo(paper.strategies());
        assertThat(defaults.data()).isEqualTo(paper.data());
    }

    static List<String> presets() {
        return Presets.names();
    }

    @ParameterizedTest
    @MethodSource("presets")
    void everyPresetIsSoundAndItsResolvedFileMeansTheSame(String preset) {
        Experiment experiment = ExperimentFile.read(preset, List.of());
        assertThat(experiment.name()).isEqualTo(preset);
        assertThat(Presets.describe(preset)).isNotBlank();
        String resolved = ExperimentFile.write(experiment);
        assertThat(ExperimentFile.parse(resolved, "resolved.yaml")).isEqualTo(experiment);
    }

    @Test
    void thereIsAPresetForEachCellOfTheGrid() {
        assertThat(Presets.names())
                .hasSize(13 + 24)
                .contains("digits-pgd-adversarial-original", "fashion-fgsm-natural-continued");
        Experiment cell = ExperimentFile.read("fashion-pgd-natural-random", List.of());
        assertThat(cell.data().sets()).extracting(Experiment.DataSource::name).containsExactly("fashion");
        assertThat(cell.objectives()).extracting(Experiment.Objective::name).containsExactly("natural");
        assertThat(cell.evaluation().attacks()).containsExactly("pgd");
        assertThat(cell.strategies()).containsExactly("random");
        assertThat(cell.training().iterations()).isEqualTo(50_000);
    }

    @Test
    void asPublishedTurnsEverySwitch() {
        Experiment published = ExperimentFile.read("as-published", List.of());
        assertThat(published.strategies()).startsWith("as-published");
        assertThat(published.training().labelSmoothing()).isEqualTo(new Experiment.LabelSmoothing(0.1, 0.1, 0));
        assertThat(published.attacks().values())
                .extracting(attack -> TrainingAttackKind.of(attack).label())
                .containsOnly(LabelChoice.PREDICTED);
        assertThat(published.evaluation().timing()).isEqualTo(Experiment.Timing.AS_PUBLISHED);
        assertThat(published.evaluation().loss()).isEqualTo(Experiment.LossKind.OBJECTIVE);
        assertThat(published.pruning().count()).isEqualTo(CountingRule.AS_PUBLISHED);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            trainning: {}                            | unknown setting "trainning", did you mean "training"?
            training: {lable-smoothing: {}}          | unknown setting "training.lable-smoothing", did you mean "label-smoothing"?
            training: {bach: 3}                      | unknown setting "training.bach", did you mean "batch"?
            training: {batch: 0}                     | training.batch is 0, expected a whole number of at least 1
            training: {batch: sixty}                 | training.batch is sixty, expected a whole number of at least 1
            training: {batch: "60"}                  | training.batch is "60", expected a whole number of at least 1
            training: {batch: 1.5}                   | training.batch is 1.5, expected a whole number of at least 1
            training: {batch: [60]}                  | training.batch is a list, expected a whole number of at least 1
            training: {batch: 9999999999}            | training.batch is 9999999999, expected a whole number from
            training: {batch: 1e999999999}           | training.batch is 1e999999999, expected a whole number
            training:                                | training is empty, expected a mapping of settings
            training: {optimizer: {kind: adm}}       | training.optimizer.kind is adm, did you mean "adam"?
            training: {optimizer: {rate: 1}}         | training.optimizer.kind is missing, expected adam or sgd
            training: {optimizer: {kind: sgd, beta1: 0.9}} | unknown setting "training.optimizer.beta1"
            training: {optimizer: {kind: adam, rate: 0}} | training.optimizer.rate is 0, expected a number above 0
            training: {optimizer: {kind: adam, rate: 1e300}} | training.optimizer.rate is 1e300, expected a number that is, in single precision, above 0
            training: {optimizer: {kind: adam, epsilon: 1e-50}} | training.optimizer.epsilon is 1e-50, expected a number that is, in single precision, above 0
            training: {optimizer: {kind: adam, beta2: 0.99999999999}} | training.optimizer.beta2 is 0.99999999999, expected a number that is, in single precision, of at least 0 and below 1
            training: {label-smoothing: {test: 0.99999999999}} | training.label-smoothing.test is 0.99999999999, expected a number that is, in single precision, of
            training: {l1: 1e-50}                    | training.l1 is 1e-50, expected 0 or a number that is not 0 in single precision
            training: {optimizer: {kind: adam, rate: .nan}} | training.optimizer.rate is .nan, expected a number above 0
            training: {label-smoothing: {train: 1}}  | training.label-smoothing.train is 1, expected a number of at least 0 and below 1
            attacks: {fgsm: {kind: fgsm, epsilon: -0.3}} | attacks.fgsm.epsilon is -0.3, expected a number of at least 0 and at most 1
            attacks: {pgd: {kind: pgd, restarts: 2, random-start: false}, fgsm: {kind: fgsm}} | attacks.pgd: an attack of 2 restarts needs a random start
            attacks: {none: {kind: fgsm}}            | attacks has an attack named none
            pruning: {hidden: 1.2}                   | pruning.hidden is 1.2, expected a number of at least 0 and at most 1
            pruning: {scope: global}                 | pruning.output (not given) is 0.1, expected pruning.hidden's 0.2
            pruning: {count: exakt}                  | pruning.count is exakt, did you mean "exact"?
            network: {biases: 1}                     | network.biases is 1, expected true or false
            network: {hidden: [300, 0]}              | network.hidden[1] is 0, expected a whole number of at least 1
            network: {hidden: [100000000]}           | network.hidden[0] is 100000000, expected a whole number of at least 1 and at most 1000000
            network: {hidden: [20000, 20000]}        | network.hidden is [20000, 20000], which makes 400040000 weights, expected at most 165110390
            data: {sets: []}                         | data.sets has 0 elements, expected at least 1
            data: {sets: [digits, digits]}           | data.sets has digits twice
            strategies: [orginal]                    | strategies[0] is orginal, expected original, random
            strategies: [rewind-60000]               | strategies has rewind-60000, expected an iteration of level 0's 50000
            objectives: [pdg]                        | objectives names attack "pdg", which attacks does not define; did you mean "pgd"?
            objectives: [{name: pgd, natural-share: 1}] | objectives has pgd with a natural-share of 1
            objectives: [crown-ipb]                  | objectives names attack "crown-ipb", which attacks does not define; did you mean "crown-ibp"?
            objectives: [{name: mine, bound: ipb}]   | objectives names bound "ipb", which bounds does not define; did you mean "ibp"?
            objectives: [{name: mine, bound: ibp, attack: pgd}] | objectives has mine with an attack and a bound
            objectives: [{name: ibp, natural-share: 0.3}] | objectives has ibp with a natural-share, expected it in bounds.ibp.schedule
            objectives: [{name: natural, bound: ibp}] | objectives has an objective natural with an attack or a bound
            bounds: {ibp: {kind: ipb}}               | bounds.ibp.kind is ipb, did you mean "ibp"?
            bounds: {ibp: {kind: ibp, linear-share: {}}} | unknown setting "bounds.ibp.linear-share"
            bounds: {ibp: {kind: ibp, epsilon: 1.5}} | bounds.ibp.epsilon is 1.5, expected a number of at least 0 and at most 1
            bounds: {mine: {kind: ibp, schedule: {ramp: 50001}}} | bounds.mine.schedule has a warm-up of 2000 and a ramp of 50001 iterations, expected no more together than training.iterations, 50000
            bounds: {ibp: {kind: ibp, schedule: {start-epsilon: 0.2}}} | bounds.ibp.schedule.start-epsilon is 0.2, expected at most epsilon, 0.1
            bounds: {ibp: {kind: ibp, schedule: {shape: smooth}}} | bounds.ibp.schedule.shape is smooth, did you mean "smoothed"?
            bounds: {ibp: {kind: ibp, schedule: {natural-share: {last: 1}}}} | bounds.ibp.schedule.natural-share.last is 1, expected a number of at least 0 and below 1
            {objectives: [ibp], evaluation: {loss: objective}} | evaluation.loss is objective, expected attack
            {objectives: [ibp], robustness: {weights: best-validation}, evaluation: {splits: [test]}} | robustness.weights is best-validation, expected validation among evaluation.splits
            {attacks: {ibp: {kind: fgsm}}, evaluation: {attacks: [ibp]}, objectives: [{name: x, bound: ibp}]} | attacks has ibp, the name of the bound that objective x is measured with too
            {bounds: {none: {kind: ibp}}}            | bounds has a bound named none, the name that stands for natural images
            evaluation: {accuracy: worst-case, loss: objective} | evaluation.accuracy is worst-case, expected kept-point as evaluation.loss is objective
            training: {rate-schedule: cyklic}        | training.rate-schedule is cyklic, did you mean "cyclic"?
            training: {rate-schedule: {kind: cyclic, peak: 1}} | training.rate-schedule.peak is 1, expected a number above 0 and below 1
            training: {rate-schedule: {kind: step, milestones: []}} | training.rate-schedule.milestones has 0 elements, expected at least 1
            training: {rate-schedule: {kind: cosine, last: 2}} | training.rate-schedule.last is 2, expected a number of at least 0 and at most 1
            training: {iterations: 9, rate-warm-up: 10} | training.rate-warm-up is 10, expected at most training.iterations, 9
            training: {weight-decay: 10, optimizer: {kind: sgd, rate: 0.1}} | training.weight-decay is 10.0, expected a number below 1 / training.optimizer.rate, 10.0
            training: {clip-gradient: 0}             | training.clip-gradient is 0, expected a number above 0
            training: {keep-weights: best}           | training.keep-weights is best, did you mean
            {training: {keep-weights: best-clean}, evaluation: {splits: [test]}} | training.keep-weights is best-clean, expected validation among evaluation.splits
            {training: {keep-weights: best-attacked}, evaluation: {attacks: [fgsm]}} | training.keep-weights is best-attacked, expected pgd, which objective pgd trains against, among evaluation.attacks
            objectives: [{name: pgd, epsilon-ramp: {start: 1}}] | objectives[0].epsilon-ramp.length is missing
            objectives: [{name: pgd, epsilon-ramp: {start: 49999, length: 2}}] | objectives has pgd with an epsilon-ramp that ends at iteration 50001, expected at most training.iterations, 50000
            objectives: [{name: natural, epsilon-ramp: {length: 2}}] | objectives has natural with an epsilon-ramp and no attack, expected an attack
            objectives: [{name: ibp, epsilon-ramp: {length: 2}}] | objectives has ibp with an epsilon-ramp and a bound, expected the ramp in the bound's schedule
            evaluation: {accuracy: worst}            | evaluation.accuracy is worst, did you mean "worst-case"?
            {attacks: {mine: {kind: pgd}}, objectives: [mine]} | evaluation.attacks (not given) names attack "fgsm", which attacks does not define; expected one of mine
            evaluation: {attacks: [fgms]}            | evaluation.attacks names attack "fgms", which attacks does not define; did you mean "fgsm"?
            name: ../escape                          | name is ../escape, expected a name of lower-case letters
            seed: [1]                                | seed is a list, expected a whole number
            extends: nothing-there                   | my.yaml, line 1: extends is nothing-there, expected a preset or a file
            extends: quik                            | my.yaml, line 1: extends is quik, expected a preset or a file; did you mean preset quick?
            trials: 1000001                          | my.yaml, line 1: trials is 1000001, expected at most 1000000
            {trials: 1000000, objectives: [natural, fgsm, pgd, ibp], strategies: [original, random, continued]} | trials is 1000000, which makes 12000000 chains of data sets, objectives, strategies and trials, expected at most 10000000
            name: &a [*a]                            | my.yaml, line 1
            name: !!java.net.URL [x]                 | my.yaml, line 1
            name: "open                              | my.yaml, line 1: not YAML
            name: !<%20> x                           | my.yaml: not YAML: Tag must not contain
            - a list                                 | the experiment is a list, expected a mapping of settings
            """)
    void refusesWhatIsWrongInOneSentence(String yaml, String message) {
        assertThatThrownBy(() -> ExperimentFile.parse(yaml, "my.yaml"))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(message)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
    }

    @Test
    void boundsNeedNoDefinitionAndTheirScheduleGoesWithTheIterations() {
        Experiment experiment = ExperimentFile.parse(
                "objectives: [natural, crown-ibp, {name: tight, bound: small}]\n"
                        + "training: {iterations: 1000}\n"
                        + "bounds: {small: {kind: ibp, epsilon: 0.05, schedule: {warm-up: 0, shape: smoothed}},"
                        + " unused: {kind: ibp}}",
                "my.yaml");
        assertThat(experiment.bounds().keySet()).containsExactlyInAnyOrder("crown-ibp", "small");
        assertThat(experiment.bounds().get("crown-ibp"))
                .isEqualTo(new Experiment.BoundSettings.CrownIbp(
                        0.1,
                        new Experiment.Schedule(
                                OptionalInt.of(40),
                                OptionalInt.of(200),
                                Ramp.Shape.LINEAR,
                                0,
                                new Experiment.NaturalShare(1, 0.5),
                                Experiment.RampedLevels.EACH),
                        new Experiment.LinearShare(1, 0)));
        assertThat(experiment.bounds().get("small"))
                .isEqualTo(new Experiment.BoundSettings.Ibp(
                        0.05,
                        new Experiment.Schedule(
                                OptionalInt.of(0),
                                OptionalInt.of(200),
                                Ramp.Shape.SMOOTHED,
                                0,
                                new Experiment.NaturalShare(1, 0.5),
                                Experiment.RampedLevels.EACH)));
        assertThat(experiment.objectives())
                .extracting(Experiment.Objective::bound)
                .containsExactly(Optional.empty(), Optional.of("crown-ibp"), Optional.of("small"));
        // Gowal et al.'s lengths at the paper's length of a level.
        Experiment.Schedule paper = ExperimentFile.parse("objectives: [ibp]", "my.yaml")
                .bounds()
                .values()
                .iterator()
                .next()
                .schedule();
        assertThat(paper.warmUp()).hasValue(2000);
        assertThat(paper.ramp()).hasValue(10_000);
        // An attack of a bound's name keeps the meaning it has in older files.
        assertThat(ExperimentFile.parse(
                                "{attacks: {ibp: {kind: fgsm}}, evaluation: {attacks: [ibp]}, objectives: [ibp]}",
                                "my.yaml")
                        .objectives()
                        .getFirst()
                        .attack())
                .hasValue("ibp");
    }

    @Test
    void namesTheLine(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("my.yaml"), "extends: quick-mlp\ntraining:\n  batch: 0\n");
        assertThatThrownBy(() -> ExperimentFile.read(file.toString(), List.of()))
                .hasMessage(file + ", line 3: training.batch is 0, expected a whole number of at least 1");
    }

    @Test
    void aFileExtendsAnotherBesideIt(@TempDir Path directory) throws IOException {
        Files.writeString(
                directory.resolve("base.yaml"), "extends: quick-mlp\nname: base\ntraining: {batch: 7, l1: 0.5}\n");
        Path file = Files.writeString(directory.resolve("my.yaml"), "extends: base.yaml\ntraining: {batch: 8}\n");
        Experiment experiment = ExperimentFile.read(file.toString(), List.of());
        assertThat(experiment.name()).isEqualTo("base");
        assertThat(experiment.training().batch()).isEqualTo(8);
        assertThat(experiment.training().l1()).isEqualTo(0.5);

        Files.writeString(directory.resolve("base.yaml"), "extends: my.yaml\n");
        assertThatThrownBy(() -> ExperimentFile.read(file.toString(), List.of()))
                .hasMessageContaining("a circle");
    }

    @Test
    void overridesReplaceValuesAndKindsAsAWhole() {
        Experiment experiment = ExperimentFile.read(
                "quick-mlp",
                List.of(
                        "training.optimizer={kind: sgd, rate: 0.5}",
                        "training.iterations=5e3",
                        "objectives=[natural]",
                        "attacks.pgd.epsilon=0.1"));
        assertThat(experiment.training().optimizer()).isEqualTo(new OptimizerSettings.Momentum(0.5, 0.9));
        assertThat(experiment.training().iterations()).isEqualTo(5000);
        assertThat(((Pgd) experiment.attacks().get("pgd")).epsilon()).isEqualTo(0.1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            training.batch=0     | --set training.batch=0: training.batch is 0, expected a whole number of at least 1
            training.batsh=3     | --set training.batsh=3: unknown setting "training.batsh", did you mean "batch"?
            training.batch=      | --set training.batch=: training.batch is empty, expected a whole number
            nonsense             | --set nonsense: expected path=value
            training=3           | --set training=3: training is 3, expected a mapping of settings
            """)
    void refusesWrongOverrides(String override, String message) {
        assertThatThrownBy(() -> ExperimentFile.read("quick-mlp", List.of(override)))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(message);
    }

    @Test
    void namesTheNearestPreset() {
        assertThatThrownBy(() -> ExperimentFile.read("quikc", List.of()))
                .hasMessageContaining("did you mean preset quick?");
    }

    @Test
    void relativePathsAreRelativeToTheFileThatNamesThem(@TempDir Path home) throws Exception {
        Path base = Files.createDirectories(home.resolve("base"));
        Files.writeString(base.resolve("base.yaml"), "{data: {sets: [{name: mine, directory: images}]}}");
        Path file = Files.writeString(
                home.resolve("own.yaml"), "{extends: base/base.yaml, robustness: {suite: suites/own.yaml}}");
        Experiment read = ExperimentFile.read(file.toString(), List.of());
        assertThat(read.data().sets().getFirst().directory())
                .contains(base.resolve("images").toString());
        assertThat(read.robustness().orElseThrow().suite())
                .isEqualTo(home.resolve("suites").resolve("own.yaml").toString());
        // What is stored is absolute, so that it holds wherever it is read.
        assertThat(ExperimentFile.parse(ExperimentFile.write(read), "stored")).isEqualTo(read);
        Experiment set = ExperimentFile.read(
                file.toString(), List.of("data.sets=[digits, {name: mine, directory: here}]", "robustness.suite=fast"));
        assertThat(set.data().sets().get(0).directory()).isEmpty();
        assertThat(set.data().sets().get(1).directory())
                .contains(Path.of("here").toAbsolutePath().toString());
        assertThat(set.robustness().orElseThrow().suite()).isEqualTo("fast");
    }

    @Test
    void whatIsNoPathIsRefusedInASentence(@TempDir Path home) throws Exception {
        Path file = Files.writeString(home.resolve("own.yaml"), "{data: {sets: [{name: mine, directory: \"a\\0b\"}]}}");
        assertThatThrownBy(() -> ExperimentFile.read(file.toString(), List.of()))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("expected a path without a NUL character");
        Files.writeString(file, "{extends: \"a\\0b\"}");
        assertThatThrownBy(() -> ExperimentFile.read(file.toString(), List.of()))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("expected a path without a NUL character");
        assertThatThrownBy(() -> ExperimentFile.read("a\0b", List.of())).isInstanceOf(UserException.class);
    }

    @Test
    void deepNestingIsRefusedWhileParsing() {
        for (int depth : new int[] {25, 1_600, 100_000}) {
            assertThatThrownBy(() -> ExperimentFile.parse("[".repeat(depth), "deep"))
                    .isInstanceOf(UserException.class)
                    .hasMessage("deep, line 1: nested more than 20 deep");
            assertThatThrownBy(() -> ExperimentFile.parse("a: " + "{a: ".repeat(depth), "deep"))
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining("nested more than 20 deep");
        }
    }

    @Test
    void fractionsAreNumbersAndCommasAreNot() {
        Experiment read =
                ExperimentFile.parse("attacks: {fgsm: {kind: fgsm, epsilon: 8/255}, pgd: {kind: pgd}}", "text");
        assertThat(((Fgsm) read.attacks().get("fgsm")).epsilon()).isEqualTo(8 / 255.0);
        assertThat(ExperimentFile.parse(ExperimentFile.write(read), "stored")).isEqualTo(read);
        assertThatThrownBy(() -> ExperimentFile.parse("attacks:\n  fgsm:\n    kind: fgsm\n    epsilon: 0,3", "text"))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("text, line 4: attacks.fgsm.epsilon is 0,3, expected a number")
                .hasMessageEndingWith("; write 0.3, with a point");
        for (String wrong : List.of("8/0", "/255", "8/", "8/2/5", "1e999999/1")) {
            assertThatThrownBy(
                            () -> ExperimentFile.parse("attacks: {fgsm: {kind: fgsm, epsilon: " + wrong + "}}", "text"))
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining("attacks.fgsm.epsilon is " + wrong);
        }
        assertThatThrownBy(() -> ExperimentFile.parse("{trials: 5/2}", "text")).hasMessageContaining("a whole number");
    }
}
