package org.espalier.campaigns.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The short form of the kill campaign: some kills in one phase, which the seed chooses. */
class KillTest {
    private static final int KILLS = 3;

    @TempDir
    private Path home;

    @Test
    void aKilledCommandRunAgainEndsWithTheSameBytes() throws Exception {
        long seed = System.nanoTime() & 0xffffff;
        KillPhase phase = KillPhase.values()[new Random(seed).nextInt(KillPhase.values().length)];
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        Workers workers = Workers.in(Files.createDirectory(home.resolve("workers")));
        KillCampaign campaign = new KillCampaign(
                new PrintStream(said, true, StandardCharsets.UTF_8),
                Files.createDirectory(home.resolve("phase")),
                phase,
                workers,
                seed);
        // On a busy machine a process may end before its kill comes.
        for (int rounds = 0; campaign.tally().kills < KILLS && rounds < 10; rounds++) {
            campaign.round(KILLS);
        }
        assertThat(campaign.tally().findings)
                .as("phase %s, seed %s: %s", phase, seed, said)
                .isEmpty();
        assertThat(campaign.tally().kills).as("phase %s, seed %s", phase, seed).isEqualTo(KILLS);
    }
}
