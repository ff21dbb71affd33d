package org.espalier.campaigns.crash;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.espalier.campaigns.disk.DiskCampaign;
import org.espalier.fixtures.Trees;

/**
 * {@code benchmarks/crash [--kills K] [--faults F] [--seed N] [--phase P]}: the long form of the crash campaign.
 *
 * <p>Ends with 1 if anything was found, so that it can stand in a script.
 */
final class CrashMain {
    private CrashMain() {}

    public static void main(String[] arguments) throws Exception {
        Map<String, String> options = options(arguments);
        long seed = Long.parseLong(options.getOrDefault("seed", Long.toString(System.nanoTime() & 0xffffff)));
        int kills = Integer.parseInt(options.getOrDefault("kills", "0"));
        int faults = Integer.parseInt(options.getOrDefault("faults", "0"));
        String phase = options.getOrDefault("phase", "all");
        PrintStream out = System.out;
        out.println("seed " + seed + ", kills " + kills + ", faults " + faults + ", phase " + phase);
        long start = System.nanoTime();
        int findings = kills == 0 ? 0 : kills(out, seed, kills, phase);
        findings += faults == 0 ? 0 : DiskCampaign.run(out, seed, faults, phase);
        out.println("findings: " + findings + ", "
                + Duration.ofNanos(System.nanoTime() - start).toSeconds() + " s");
        System.exit(findings == 0 ? 0 : 1);
    }

    private static int kills(PrintStream out, long seed, int kills, String wanted) throws Exception {
        List<KillPhase> phases = new ArrayList<>();
        for (KillPhase phase : KillPhase.values()) {
            if (wanted.equals("all") || wanted.equals(phase.lowerCase())) {
                phases.add(phase);
            }
        }
        if (phases.isEmpty()) {
            throw new IllegalArgumentException("no phase " + wanted + ", expected all or one of "
                    + List.of(KillPhase.values()).toString().toLowerCase(Locale.ROOT));
        }
        Path home = Files.createTempDirectory("espalier-crash-");
        Workers workers = Workers.in(Files.createDirectory(home.resolve("workers")));
        List<KillCampaign> campaigns = new ArrayList<>();
        for (KillPhase phase : phases) {
            Path folder = Files.createDirectory(home.resolve(phase.lowerCase()));
            campaigns.add(new KillCampaign(out, folder, phase, workers, seed));
        }
        // In turns, so that a campaign that is cut short has seen all phases.
        int shown = 0;
        while (killed(campaigns) < kills) {
            for (KillCampaign campaign : campaigns) {
                campaign.round(campaign.tally().kills + kills - killed(campaigns));
            }
            if (killed(campaigns) >= shown + 25) {
                shown = killed(campaigns);
                campaigns.forEach(KillCampaign::print);
                out.println("kills so far: " + shown);
            }
        }
        campaigns.forEach(KillCampaign::print);
        int findings = campaigns.stream()
                .mapToInt(campaign -> campaign.tally().findings.size())
                .sum();
        if (findings == 0) {
            Trees.delete(home);
        }
        out.println("kills: " + killed(campaigns) + ", findings: " + findings);
        return findings;
    }

    private static int killed(List<KillCampaign> campaigns) {
        return campaigns.stream().mapToInt(campaign -> campaign.tally().kills).sum();
    }

    private static Map<String, String> options(String[] arguments) {
        Map<String, String> options = new HashMap<>();
        for (int i = 0; i < arguments.length; i += 2) {
            if (!List.of("--kills", "--faults", "--seed", "--phase").contains(arguments[i])
                    || i + 1 == arguments.length) {
                System.err.println("crash [--kills K] [--faults F] [--seed N] [--phase P]");
                System.exit(2);
            }
            options.put(arguments[i].substring(2), arguments[i + 1]);
        }
        return options;
    }
}
