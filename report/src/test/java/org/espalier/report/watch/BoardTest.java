package org.espalier.report.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BoardTest {
    private final Board board = new Board();

    private Optional<Board.Update> since(long revision) throws InterruptedException {
        return board.since(revision, 0, TimeUnit.SECONDS);
    }

    @Test
    void whoKnowsNothingGetsEverything() throws InterruptedException {
        board.publish(Map.of("a", "1"), Set.of());
        board.publish(Map.of("b", "2"), Set.of());
        assertThat(since(-1)).contains(new Board.Update(2, true, Map.of("a", "1", "b", "2"), List.of()));
    }

    @Test
    void whoKnowsARevisionGetsWhatChangedSince() throws InterruptedException {
        board.publish(Map.of("a", "1", "b", "1"), Set.of());
        board.publish(Map.of("b", "2"), Set.of());
        board.publish(Map.of("b", "3"), Set.of());
        assertThat(since(1)).contains(new Board.Update(3, false, Map.of("b", "3"), List.of()));
        assertThat(since(3)).isEmpty();
    }

    @Test
    void aRevisionThatNeverWasGetsEverything() throws InterruptedException {
        board.publish(Map.of("a", "1"), Set.of());
        assertThat(since(7).orElseThrow().full()).isTrue();
    }

    @Test
    void nothingNewIsNoRevision() throws InterruptedException {
        board.publish(Map.of("a", "1"), Set.of());
        board.publish(Map.of("a", "1"), Set.of());
        assertThat(since(1)).isEmpty();
    }

    @Test
    void piecesOfARunThatIsReplacedAreGoneAndOthersStay() throws InterruptedException {
        board.publish(Map.of("r1/run", "1", "r1/0", "1", "r10/run", "1"), Set.of());
        board.publish(Map.of("r1/run", "2"), Set.of("r1/"));
        assertThat(since(1)).contains(new Board.Update(2, false, Map.of("r1/run", "2"), List.of("r1/0")));
        assertThat(board.all().set()).containsOnlyKeys("r1/run", "r10/run");
        board.publish(Map.of("r1/0", "3"), Set.of());
        assertThat(since(1).orElseThrow().gone()).isEmpty();
    }

    @Test
    void whoWaitsIsTold() throws Exception {
        var told = CompletableFuture.supplyAsync(() -> {
            try {
                return board.since(0, 20, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        board.publish(Map.of("a", "1"), Set.of());
        assertThat(told.get(10, TimeUnit.SECONDS).orElseThrow().set()).containsOnlyKeys("a");
    }
}
