package org.espalier.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.espalier.data.DataProgress;
import org.espalier.lab.plan.Plan;
import org.espalier.lab.plan.Task;
import org.espalier.lab.runner.RunRequest;
import org.espalier.lab.runner.Runner;
import org.espalier.lab.store.LevelState;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChainsTest {
    @TempDir
    private Path home;

    private Plan plan;
    private Chains chains;

    @BeforeEach
    void plan() throws IOException {
        RunRequest request = new TinySearch(home, 20).request(home.resolve("out"));
        plan = new Plan(request.experiment(), Runner.load(request.experiment(), DataProgress.NONE));
        chains = new Chains(plan.tasks());
    }

    private void finish(Chain chain) {
        chain.keys().forEach(key -> chains.settle(key, LevelState.DONE));
    }

    @Test
    void denseLevelsComeFirstAndEveryLevelOnce() {
        List<Chain> first = chains.take();
        assertThat(first)
                .as("one chain for each trial's dense level")
                .hasSize(2)
                .allMatch(chain -> chain.before().isEmpty());
        assertThat(first).allMatch(chain -> chain.keys().size() == 3);
        assertThat(chains.take()).as("nothing else can start").isEmpty();

        List<String> all = new ArrayList<>();
        first.forEach(chain -> all.addAll(chain.keys()));
        chains.settle(first.getFirst().keys().getFirst(), LevelState.DONE);
        List<Chain> second = chains.take();
        assertThat(second)
                .as("the other strategies of the trial")
                .hasSize(2)
                .allMatch(chain ->
                        chain.before().equals(List.of(first.getFirst().keys().getFirst())));
        second.forEach(chain -> all.addAll(chain.keys()));
        finish(first.getLast());
        chains.take().forEach(chain -> all.addAll(chain.keys()));
        assertThat(chains.waits()).isFalse();
        assertThat(all).doesNotHaveDuplicates();
        assertThat(Set.copyOf(all))
                .isEqualTo(plan.tasks().stream().map(Task::key).collect(Collectors.toSet()));
    }

    @Test
    void eachLevelFollowsItsParent() {
        for (int round = 0; round < 3; round++) {
            for (Chain chain : chains.take()) {
                List<String> path = new ArrayList<>(chain.before());
                path.addAll(chain.keys());
                for (int each = 0; each < path.size(); each++) {
                    assertThat(chains.task(path.get(each)).parent().orElse(""))
                            .isEqualTo(each == 0 ? "" : path.get(each - 1));
                }
                finish(chain);
            }
        }
    }

    @Test
    void behindAFailedLevelNothingIsWaitedFor() {
        Chain first = chains.take().getFirst();
        chains.settle(first.keys().getFirst(), LevelState.FAILED);
        assertThat(chains.take()).isEmpty();
        assertThat(chains.left(first)).isEmpty();
    }

    @Test
    void finishedChainsAreNotTaken() {
        plan.tasks().forEach(task -> chains.settle(task.key(), LevelState.DONE));
        assertThat(chains.take()).isEmpty();
        assertThat(chains.waits()).isFalse();
    }
}
