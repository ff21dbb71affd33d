package org.espalier.lab.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.espalier.setting.Setting;
import org.junit.jupiter.api.Test;

class IdentityTest {
    record Settings(
            @Setting(value = "there from the start", preset = "1")
            int old,

            @Setting(value = "learnt later", preset = "[2, 3]", addedLater = true)
            List<Integer> late) {}

    @Test
    void aSettingLearntLaterChangesIdentitiesOnlyWhenUsed() {
        assertThat(ExperimentFile.identity(new Settings(1, List.of(2, 3)))).isEqualTo(Map.of("old", 1));
        assertThat(ExperimentFile.identity(new Settings(1, List.of(2))))
                .isEqualTo(Map.of("old", 1, "late", List.of(2)));
        assertThat(ExperimentFile.tree(new Settings(1, List.of(2, 3)))).containsKey("late");
    }
}
