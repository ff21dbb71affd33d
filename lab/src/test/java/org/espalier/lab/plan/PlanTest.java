package org.espalier.lab.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.espalier.UserException;
import org.espalier.data.DataDetails;
import org.espalier.data.DataFile;
import org.espalier.data.DataSet;
import org.espalier.data.Split;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.experiment.ExperimentFile;
import org.junit.jupiter.api.Test;

class PlanTest {
    private static final Map<String, DataSet> DATA = data("digits", "fashion");

    private static Map<String, DataSet> data(String... names) {
        Map<String, DataSet> data = new HashMap<>();
        for (String name : names) {
            Split split = new Split("train", 784, new byte[784 * 10_001], new int[10_001]);
            Map<String, String> digests = new HashMap<>();
            for (DataFile file : DataFile.values()) {
                digests.put(file.fileName(), Integer.toHexString(name.hashCode()) + file.ordinal());
            }
            data.put(name, new DataSet(name, 28, 28, 10, split, split, digests));
        }
        return data;
    }

    private static List<String> keys(String preset, String... overrides) {
        List<String> all = new ArrayList<>(List.of(overrides));
        all.add("trials=1");
        Experiment experiment = ExperimentFile.read(preset, all);
        return new Plan(experiment, DATA).trials().getFirst().levels();
    }

    /**
     * A key names results that people keep. If this fails, stores in use will not be continued: mark a new setting
     * {@code addedLater}, or raise {@link Numerics#VERSION} if results really change, and only then these keys.
     */
    @Test
    void keysAreWhatTheyWere() {
        assertThat(keys("paper").subList(0, 2))
                .containsExactly(
                        "bfcdbdd359adfba281cada3a20ffc27ae8d28d978aa4098788ee0bdedb119279",
                        "adcdc058f0d01127c20c3b4774e9f7e8f39167fba93aaab222d3ee0f77f021e4");
        assertThat(keys("as-published").get(2))
                .isEqualTo("e333b8ef8473a0619c8900cf2c1b21573096c87d57e9ffb027fd72ff766a3cc8");
        assertThat(keys(
                                "paper",
                                "training.optimizer={kind: sgd, rate: 0.1, momentum: 0.9}",
                                "strategies=[rewind-1000]",
                                "network.biases=true",
                                "evaluation.images=100")
                        .get(1))
                .isEqualTo("392f6dbd17ab668627855d63d1f77e2c264e3465296d7c6343bfc93bd97648db");
        assertThat(keys("paper", "objectives=[crown-ibp]").get(1))
                .isEqualTo("4b370111e4e254bd9d6f8c4ee0a602ddbad5b5896fb5b1354d1d20bc356cd946");
    }

    @Test
    void theWholeGridIsEighteenChainsOfFiveTrials() {
        Plan plan = new Plan(ExperimentFile.read("paper", List.of()), DATA);
        assertThat(plan.trials()).hasSize(18 * 5);
        assertThat(plan.tasks()).hasSize(2 * 3 * 5 * (1 + 3 * 20));
        Set<String> known = new HashSet<>();
        for (Task task : plan.tasks()) {
            task.parent().ifPresent(parent -> assertThat(known).contains(parent));
            known.add(task.key());
        }
    }

    @Test
    void whatDoesNotDetermineALevelDoesNotChangeItsKey() {
        assertThat(keys(
                        "paper",
                        "name=other",
                        "report.iteration=5",
                        "network.inputs=784",
                        "network.outputs=10",
                        "objectives=[natural]",
                        "strategies=[original]",
                        "data.sets=[digits]"))
                .isEqualTo(keys("paper"));
        assertThat(keys("paper", "evaluation.accuracy=kept-point")).isEqualTo(keys("paper"));
        assertThat(keys(
                        "paper",
                        "training.rate-schedule=constant",
                        "training.rate-warm-up=0",
                        "training.weight-decay=0",
                        "training.keep-weights=last"))
                .isEqualTo(keys("paper"));
        assertThat(keys("paper", "pruning.levels=3")).isEqualTo(keys("paper").subList(0, 4));
    }

    @Test
    void whatDeterminesALevelChangesItsKey() {
        Set<String> keys = new HashSet<>(keys("paper"));
        List<String> overrides = List.of(
                "seed=2",
                "data.sets=[fashion]",
                "data.validation=9999",
                "network.hidden=[300]",
                "network.biases=true",
                "training.iterations=49999",
                "training.batch=61",
                "training.optimizer.rate=0.001",
                "training.optimizer={kind: sgd}",
                "training.label-smoothing.train=0.1",
                "training.label-smoothing.test=0.1",
                "training.l1=0.1",
                "training.l2=0.1",
                "training.weight-decay=0.1",
                "training.rate-schedule=cyclic",
                "training.rate-schedule={kind: cyclic, peak: 0.3}",
                "training.rate-schedule=cosine",
                "training.rate-schedule=step",
                "training.rate-warm-up=10",
                "training.clip-gradient=1",
                "training.keep-weights=best-clean",
                "training.keep-weights=best-attacked",
                "training.optimizer={kind: nesterov}",
                "objectives=[{name: pgd, epsilon-ramp: {length: 500}}]",
                "objectives=[{name: pgd, epsilon-ramp: {start: 1, length: 500}}]",
                "objectives=[{name: pgd, epsilon-ramp: {length: 500, levels: first}}]",
                "attacks.pgd.steps=11",
                "attacks.fgsm.label=predicted",
                "objectives=[pgd]",
                "objectives=[{name: pgd, natural-share: 0.4}]",
                "evaluation.every=501",
                "evaluation.timing=as-published",
                "evaluation.splits=[test]",
                "evaluation.attacks=[fgsm]",
                "evaluation.loss=objective",
                "evaluation.images=100",
                "evaluation.accuracy=worst-case",
                "training.augmentation={}",
                "training.augmentation={crop: 3}",
                "training.augmentation={flip: false}");
        for (String override : overrides) {
            assertThat(keys("paper", override)).as(override).doesNotContainAnyElementsOf(keys);
            keys.addAll(keys("paper", override));
        }
        for (String bound : List.of(
                "{ibp: {kind: ibp}}",
                "{ibp: {kind: ibp, epsilon: 0.2}}",
                "{ibp: {kind: ibp, schedule: {warm-up: 1}}}",
                "{ibp: {kind: ibp, schedule: {ramp: 1}}}",
                "{ibp: {kind: ibp, schedule: {shape: smoothed}}}",
                "{ibp: {kind: ibp, schedule: {start-epsilon: 0.01}}}",
                "{ibp: {kind: ibp, schedule: {natural-share: {last: 0}}}}",
                "{ibp: {kind: ibp, schedule: {levels: first}}}",
                "{ibp: {kind: crown-ibp}}",
                "{ibp: {kind: crown-ibp, linear-share: {last: 1}}}")) {
            List<String> made = keys("paper", "objectives=[ibp]", "bounds=" + bound);
            assertThat(made).as(bound).doesNotContainAnyElementsOf(keys);
            keys.addAll(made);
        }
        List<String> below = List.of(
                "pruning.criterion=random",
                "pruning.scope=global",
                "pruning.hidden=0.3",
                "pruning.output=0.2",
                "pruning.count=as-published",
                "strategies=[random]",
                "strategies=[continued]",
                "strategies=[rewind-10]");
        for (String override : below) {
            String[] all = override.contains("scope")
                    ? new String[] {override, "pruning.output=0.2"}
                    : new String[] {override};
            List<String> changed = keys("paper", all);
            assertThat(changed.getFirst()).as(override).isEqualTo(keys("paper").getFirst());
            assertThat(changed.subList(1, 21)).as(override).doesNotContainAnyElementsOf(keys);
            keys.addAll(changed);
        }
    }

    @Test
    void trialsEndWhereAFurtherLevelWouldPruneNothing() {
        List<String> settings =
                List.of("trials=1", "data.sets=[digits]", "network.hidden=[1]", "strategies=[original, none]");
        List<String> longer = new ArrayList<>(settings);
        longer.add("pruning.levels=60");
        Plan plan = new Plan(ExperimentFile.read("quick-mlp", longer), DATA);
        int last = plan.trials().getFirst().levels().size() - 1;
        assertThat(last).isBetween(10, 59);
        assertThat(plan.notes())
                .containsExactly("pruning.levels is 60, but level " + (last + 1)
                        + " of data set digits would prune nothing more: its trials end at level " + last);
        longer.set(longer.size() - 1, "pruning.levels=" + last);
        Plan whole = new Plan(ExperimentFile.read("quick-mlp", longer), DATA);
        assertThat(whole.notes()).isEmpty();
        assertThat(whole.trials()).isEqualTo(plan.trials());
    }

    @Test
    void theBuiltInQuotaAndScheduleAreInNoKey() {
        assertThat(keys("paper", "pruning.quota={kind: fractions}", "pruning.schedule=geometric"))
                .isEqualTo(keys("paper"));
        assertThat(keys("paper", "pruning.quota={kind: fractions, hidden: 0.3}"))
                .isEqualTo(keys("paper", "pruning.hidden=0.3"));
    }

    @Test
    void anotherQuotaOrScheduleChangesTheKeysOfPrunedLevels() {
        List<String> paper = keys("paper");
        List<String> erk = keys("paper", "pruning.quota=erk");
        assertThat(erk).hasSize(21);
        assertThat(erk.getFirst()).isEqualTo(paper.getFirst());
        assertThat(erk.subList(1, 21)).doesNotContainAnyElementsOf(paper);
        assertThat(keys("paper", "pruning.quota={kind: erk, density: 0.2}").get(1))
                .isNotIn(erk);
        List<String> shot = keys("paper", "pruning.schedule=one-shot");
        assertThat(shot).hasSize(2);
        assertThat(shot.getFirst()).isEqualTo(paper.getFirst());
        assertThat(shot.get(1)).isNotIn(paper);
        // How much is pruned follows from the number of levels.
        assertThat(keys("paper", "pruning.schedule=one-shot", "pruning.levels=10")
                        .get(1))
                .isNotIn(shot);
    }

    @Test
    void theFirstImagesForValidationAreInNoKeyAndOthersAre() {
        assertThat(keys("paper", "data.split=first")).isEqualTo(keys("paper"));
        assertThat(keys("paper", "data.split=shuffled").getFirst())
                .isNotEqualTo(keys("paper").getFirst())
                .isNotEqualTo(keys("paper", "data.split=stratified").getFirst());
    }

    @Test
    void validationImagesOfADataSetItselfStandInKeysWhateverTheExperimentSays() {
        DataSet own = Objects.requireNonNull(DATA.get("digits")).with(new DataDetails(List.of(), 7, List.of()));
        Experiment usual = ExperimentFile.read("paper", List.of("trials=1"));
        Experiment other =
                ExperimentFile.read("paper", List.of("trials=1", "data.split=shuffled", "data.validation=3000"));
        Map<String, DataSet> data = Map.of("digits", own, "fashion", own.with(own.details()));
        Plan plan = new Plan(other, data);
        assertThat(plan.trials().getFirst().levels())
                .isEqualTo(new Plan(usual, data).trials().getFirst().levels())
                .isNotEqualTo(keys("paper"));
        assertThat(new Plan(usual, data).notes()).noneMatch(note -> note.contains("data.validation"));
        assertThat(plan.notes())
                .contains(
                        "data set digits has 7 validation images of its own: data.validation and data.split do not change"
                                + " them");
    }

    /** As {@link #keysAreWhatTheyWere}, of networks that are not fully connected. */
    @Test
    void keysOfGraphsAreWhatTheyWere() {
        assertThat(keys("paper", "network=cnn-small").subList(0, 2))
                .containsExactly(
                        "b9ef4d92a057e5ab6d55f7ac0e7fe360a704c026e1494d2e372b642e8416d99f",
                        "de78858447b7a10b00db1c2f4a4465c322fcf48a1750ce78ba123ba9a5443eab");
    }

    @Test
    void aNetworkWithANameHasTheKeysOfItsListOfLayers() {
        String layers =
                "[conv2d: {channels: 16, kernel: 4, stride: 2, padding: 1}, relu, conv2d: {channels: 32, kernel: 4,"
                        + " stride: 2, padding: 1}, relu, flatten, linear: 100, relu, linear: 10]";
        assertThat(keys("paper", "network={layers: " + layers + "}")).isEqualTo(keys("paper", "network=cnn-small"));
        assertThat(keys("paper", "network={kind: cnn-small, initial: glorot-uniform}"))
                .isEqualTo(keys("paper", "network=cnn-small"));
        assertThat(keys("paper", "network=mlp")).isEqualTo(keys("paper"));
    }

    @Test
    void everyPartOfAGraphChangesItsKeys() {
        Set<String> keys = new HashSet<>(keys("paper", "network=cnn-small"));
        for (String network : List.of(
                "lenet5",
                "resnet8",
                "{kind: cnn-small, initial: kaiming-normal}",
                "{kind: cnn-small, outputs: 11}",
                "{kind: cnn-small, normalise: {mean: [0.1307], std: [0.3081]}}",
                "{kind: cnn-small, normalise: {mean: [0.1308], std: [0.3081]}}",
                "{layers: [flatten, linear]}",
                "{layers: [flatten, linear: {bias: false}]}",
                "{layers: [flatten, linear: {name: last}]}")) {
            List<String> changed = keys("paper", "network=" + network);
            assertThat(changed).as(network).doesNotContainAnyElementsOf(keys);
            keys.addAll(changed);
        }
    }

    @Test
    void fractionsByKindAndNameChangeTheKeysOfPrunedLevels() {
        List<String> same = keys("paper", "network=conv2");
        assertThat(keys("paper", "network=conv2", "pruning.quota={kind: fractions, convolution: 0.2}"))
                .isEqualTo(same);
        List<String> published = keys(
                "paper",
                "network=conv2",
                "pruning.quota={kind: fractions, convolution: 0.1, hidden: 0.2, output: 0.1}");
        assertThat(published.getFirst()).isEqualTo(same.getFirst());
        assertThat(published.subList(1, 21)).doesNotContainAnyElementsOf(same);
        assertThat(keys("paper", "network=conv2", "pruning.quota={kind: fractions, layers: {conv1: 0.1, conv2: 0.1}}"))
                .isEqualTo(published);
    }

    @Test
    void whatDoesNotFitTheDataIsOneSentence() {
        assertThatThrownBy(
                        () -> keys("paper", "network={layers: [conv2d: {channels: 4, kernel: 30}, flatten, linear]}"))
                .isInstanceOf(UserException.class)
                .hasMessage("network.layers does not fit data set digits: layer conv1 has a window of 30, input gives"
                        + " 1 x 28 x 28");
        assertThatThrownBy(
                        () -> keys("paper", "network={kind: cnn-small, normalise: {mean: [0, 0, 0], std: [1, 1, 1]}}"))
                .isInstanceOf(UserException.class)
                .hasMessage("network.kind is cnn-small, which does not fit data set digits: layer normalise expects 3"
                        + " channels, input gives 1");
        assertThatThrownBy(
                        () -> keys("paper", "network=cnn-small", "pruning.quota={kind: fractions, layers: {fc9: 0.1}}"))
                .isInstanceOf(UserException.class)
                .hasMessage(
                        "pruning.quota does not fit the network: layers has \"fc9\", expected a layer with weights, one"
                                + " of conv1, conv2, fc1, fc2");
        assertThatThrownBy(() -> keys("paper", "network={layers: [relu]}"))
                .isInstanceOf(UserException.class)
                .hasMessage(
                        "network.layers does not fit data set digits: layer relu1 gives the logits and must be flat, it"
                                + " gives 1 x 28 x 28");
        assertThatThrownBy(() -> keys("paper", "network={layers: [{conv2d: {channels: 10, kernel: 28}}]}"))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("layer conv1");
        assertThatThrownBy(() -> keys("paper", "network={kind: cnn-small, outputs: 9}"))
                .isInstanceOf(UserException.class)
                .hasMessage("network.outputs is 9, expected at least 10, the classes of data set digits");
    }
}
