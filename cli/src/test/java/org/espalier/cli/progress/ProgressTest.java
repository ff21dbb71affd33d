package org.espalier.cli.progress;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.espalier.report.status.Effort;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private final AtomicLong clock = new AtomicLong();

    /** Two levels in work of nine, one done before: 10 s in, the first at 500 of 1,000, the second at 100. */
    private ProgressBoard board() {
        var board = new ProgressBoard(9, 1, 9000, 1000, clock::get);
        board.started("a", "digits pgd original 1", 3, 20, 0.512, 0, 1000);
        board.started("b", "digits pgd random 2", 0, 20, 1, 0, 1000);
        clock.addAndGet(10_000_000_000L);
        board.reached("a", 500);
        board.reached("b", 100);
        board.measured("a", "none", 0.97901);
        board.measured("a", "pgd", 0.451);
        return board;
    }

    @Test
    void drawsALineForEachLevelAndOneForTheWhole() {
        assertThat(new ProgressText(false).lines(board().snapshot(), 110))
                .containsExactly(
                        "digits pgd original 1  level  3/20  51.2 %  ######......    500/1,000  50/s  natural 97.9  pgd 45.1  10 s left",
                        "digits pgd random 2    level  0/20 100.0 %  #...........    100/1,000  10/s  1 min 30 s left",
                        "1 of 9 levels                               #...........   16 %  10 s, about 2 min 54 s left");
    }

    @Test
    void saysLessOnANarrowTerminal() {
        assertThat(new ProgressText(false).lines(board().snapshot(), 80))
                .containsExactly(
                        "digits pgd original 1  3/20  51.2 %  ###...   50 %  50/s  natural 97.9  pgd 45.1",
                        "digits pgd random 2    0/20 100.0 %  ......   10 %  10/s",
                        "1 of 9 levels                        ......   16 %  10 s, about 2 min 54 s left");
    }

    @Test
    void breaksLinesOfALogBetweenWords() {
        assertThat(ProgressText.folded("digits, level 0 of 5: natural 96.7, pgd 19.8 %, 27 s", 30))
                .containsExactly("digits, level 0 of 5: natural", "    96.7, pgd 19.8 %, 27 s");
        assertThat(ProgressText.folded("as wide", 7)).containsExactly("as wide");
        assertThat(ProgressText.folded("stored in /a/path/that/has/no/space/at/all", 20))
                .containsExactly("stored in", "    /a/path/that/has/no/space/at/all");
        assertThat(ProgressText.folded("a name that \u001b[2J steers\r", 80))
                .containsExactly("a name that ?[2J steers?");
    }

    @Test
    void neverDrawsPastTheWidth() {
        for (int width = 20; width < 200; width += 7) {
            int limit = width;
            assertThat(new ProgressText(true).lines(board().snapshot(), width))
                    .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(limit));
        }
    }

    @Test
    void drawsABarForATransfer() {
        var text = new ProgressText(false);
        assertThat(text.transfer("images.gz", 4_950_000, 9_900_000, 46))
                .isEqualTo("images.gz  ######.......   50 %  5.0 of 9.9 MB");
        assertThat(text.transfer("images.gz", 4_950_000, 9_900_000, 25)).isEqualTo("images.gz   50 %  5.0 of ");
        assertThat(text.transfer("images.gz", 4_950_000, -1, 46)).isEqualTo("images.gz  5.0 MB");
    }

    @Test
    void theRateIsThatOfTheLastSeconds() {
        var board = new ProgressBoard(1, 0, 100_000, 0, clock::get);
        board.started("a", "x", 0, 0, 1, 0, 100_000);
        int iteration = 0;
        for (int second = 1; second <= 60; second++) {
            clock.addAndGet(1_000_000_000L);
            iteration += second <= 30 ? 10 : 1000;
            board.reached("a", iteration);
        }
        assertThat(board.snapshot().bars().getFirst().rate()).isEqualTo(1000);
    }

    @Test
    void sparseLevelsAreExpectedToTakeLess() {
        // Two dense levels and ten at 1 %: effort 200 + 10 * 100 * 0.063.
        double effort = 200 + 1000 * Effort.ofIteration(0.01);
        var board = new ProgressBoard(12, 0, effort, 0, clock::get);
        board.started("a", "x", 0, 1, 1, 0, 100);
        clock.addAndGet(100_000_000_000L);
        board.reached("a", 100);
        board.ended("a");
        assertThat(board.snapshot().left())
                .hasValueSatisfying(
                        left -> assertThat(left).isBetween(Duration.ofSeconds(160), Duration.ofSeconds(166)));
    }

    @Test
    void whatWasMadeBeforeAnInterruptionCountsAsDoneButNotAsSpeed() {
        var board = new ProgressBoard(1, 0, 1000, 0, clock::get);
        board.started("a", "x", 0, 0, 1, 900, 1000);
        assertThat(board.snapshot().fraction()).isEqualTo(0.9);
        clock.addAndGet(10_000_000_000L);
        board.reached("a", 950);
        assertThat(board.snapshot().left()).contains(Duration.ofSeconds(10));
    }

    @Test
    void theTimeLeftIsNotShownBeforeThereIsEnoughToJudgeBy() {
        var board = new ProgressBoard(1, 0, 1000, 0, clock::get);
        clock.addAndGet(60_000_000_000L); // data and checkpoints are read
        board.started("a", "x", 0, 0, 1, 900, 1000);
        clock.addAndGet(3_000_000_000L);
        board.reached("a", 901);
        assertThat(board.snapshot().left()).isEmpty();
        assertThat(board.snapshot().bars().getFirst().left()).isEmpty();
        assertThat(ProgressText.heartbeat(board.snapshot())).doesNotContain("left");
        clock.addAndGet(7_000_000_000L);
        board.reached("a", 950);
        assertThat(board.snapshot().left()).contains(Duration.ofSeconds(10));
    }

    @Test
    void anEndedLevelCountsAndLeavesTheBoard() {
        ProgressBoard board = board();
        assertThat(ProgressText.summary(board.ended("a").orElseThrow(), "validation"))
                .isEqualTo(
                        "digits pgd original 1, level 3 of 20, 51.2 % of weights: natural 97.9, pgd 45.1 % (validation), 10 s");
        assertThat(board.snapshot().levelsDone()).isEqualTo(2);
        assertThat(board.snapshot().bars()).hasSize(1);
        assertThat(ProgressText.heartbeat(board.snapshot()))
                .isEqualTo("2 of 9 levels done, 10 s, about 2 min 54 s left; digits pgd random 2 level 0 at 100/1,000");
    }

    @Test
    void durationsHaveTwoUnitsAtMost() {
        assertThat(List.of(0, 59, 60, 605, 3599, 3600, 7500, 200_000).stream()
                        .map(s -> Durations.of(Duration.ofSeconds(s))))
                .containsExactly(
                        "0 s", "59 s", "1 min 00 s", "10 min", "1 h 00 min", "1 h 00 min", "2 h 05 min", "2 d 8 h");
    }
}
