package org.espalier.lab.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.UserException;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.experiment.ExperimentFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IndexTest {
    private static final String KEY = "a".repeat(64);
    private static final Experiment EXPERIMENT = ExperimentFile.parse(
            "{trials: 2, objectives: [natural], strategies: [original, none], pruning: {levels: 1}, attacks: {}, evaluation: {attacks: []}}",
            "test");

    @TempDir
    private Path directory;

    private static StoredTrial trial(String strategy, int number, int levels) {
        List<String> keys = new ArrayList<>();
        for (int level = 0; level < levels; level++) {
            keys.add(Integer.toString(level + 2 * number).repeat(64));
        }
        return new StoredTrial(new TrialId("digits", "natural", strategy, number), keys);
    }

    private static List<StoredTrial> whole() {
        return new ArrayList<>(
                List.of(trial("original", 1, 2), trial("original", 2, 2), trial("none", 1, 1), trial("none", 2, 1)));
    }

    private static Optional<String> problem(List<StoredTrial> trials) {
        return new Index(trials, Map.of()).problem(EXPERIMENT);
    }

    @Test
    void chainsThatEndEarlyAreSaidToDoSo() {
        Experiment longer =
                ExperimentFile.parse(ExperimentFile.write(EXPERIMENT).replaceFirst("levels: 1", "levels: 9"), "test");
        byte[] written = Index.encode(longer, whole());
        assertThat(new String(written, StandardCharsets.UTF_8)).contains("\"last-levels\":{\"digits\":1}");
        assertThat(Index.parse(written, "index.json").problem(longer)).isEmpty();
        assertThat(new Index(whole(), Map.of()).problem(longer))
                .contains("digits natural original trial 1 has 2 levels, expected 10");
    }

    @Test
    void givesBackWhatWasWritten() {
        Index read = Index.parse(Index.encode(EXPERIMENT, whole()), "index.json");
        assertThat(read.trials()).isEqualTo(whole());
        assertThat(read.lastLevels()).isEmpty();
        assertThat(problem(whole())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'format':1,'trials':5}",
                "{'format':1}",
                "{'format':1,'trials':{}}",
                "{'format':'1','trials':[]}",
                "{'format':1,'trials':[5]}",
                "{'format':1,'trials':[{'dataset':'d','objective':'o','strategy':'s','trial':1}]}",
                "{'format':1,'trials':[{'dataset':'d','objective':'o','strategy':'s','trial':1,'levels':'KEY'}]}",
                "{'format':1,'trials':[{'dataset':'d','objective':'o','strategy':'s','trial':1,'levels':[1]}]}",
                "{'format':1,'trials':[{'dataset':'d','objective':'o','strategy':'s','trial':1.0,'levels':['KEY']}]}",
                "{'format':1,'trials':[{'dataset':'d','objective':'o','strategy':'s','trial':1,'levels':['KEY','KEY']}]}",
                "{'format':1,'trials':[{'dataset':'d','objective':'o','strategy':'s','trial':1,'levels':['KEY']},"
                        + "{'dataset':'d','objective':'o','strategy':'s','trial':1,'levels':['KEY']}]}"
            })
    void wrongTypesAndRepetitionsAreDamage(String text) {
        byte[] content = text.replace('\'', '"').replace("KEY", KEY).getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> Index.parse(content, "index.json"))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith("index.json is damaged: ");
    }

    @Test
    void chainsThatAreCutShortMissingOrUnknownAreNamed() {
        List<StoredTrial> cut = whole();
        cut.set(1, trial("original", 2, 1));
        assertThat(problem(cut)).contains("digits natural original trial 2 has 1 levels, expected 2");
        List<StoredTrial> missing = whole();
        missing.removeLast();
        assertThat(problem(missing)).contains("digits natural none trial 2 of experiment.yaml is missing");
        List<StoredTrial> more = whole();
        more.add(trial("none", 3, 1));
        assertThat(problem(more)).contains("digits natural none trial 3 is no trial of experiment.yaml");
    }

    @Test
    void anIndexOfWrongTypesIsNoEmptySearch() throws Exception {
        Files.writeString(directory.resolve(Store.EXPERIMENT), ExperimentFile.write(EXPERIMENT));
        Files.writeString(directory.resolve(Store.INDEX), "{\"format\":1,\"trials\":5}");
        assertThatThrownBy(() -> Store.open(directory)).hasMessageContaining("trials is not a list");
        Files.write(directory.resolve(Store.INDEX), Index.encode(EXPERIMENT, List.of()));
        assertThatThrownBy(() -> Store.open(directory))
                .hasMessageContaining("is missing; run the search again to have it written anew");
        Files.write(directory.resolve(Store.INDEX), Index.encode(EXPERIMENT, whole()));
        assertThat(Store.open(directory).trials()).isEqualTo(whole());
    }

    @Test
    void anEmptyExperimentIsNoFaultOfTheIndex() throws Exception {
        Path experiment = Files.writeString(directory.resolve(Store.EXPERIMENT), "\n");
        Files.write(directory.resolve(Store.INDEX), Index.encode(EXPERIMENT, whole()));
        assertThatThrownBy(() -> Store.open(directory))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith(experiment + " is damaged: it is empty");
    }
}
