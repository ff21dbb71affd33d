package org.espalier.campaigns.disk;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.espalier.UserException;
import org.espalier.fixtures.Trees;
import org.espalier.lab.file.AtomicFiles;

/**
 * Runs work on a disk that fails once, at a random operation, then runs it again on the sound disk. The end must equal that of
 * undisturbed work; the failed run must have ended well or with one clear sentence; and what is done must be on the disk, so
 * that a power cut afterwards takes nothing of it.
 */
public final class DiskCampaign {
    private final PrintStream out;
    private final DiskPhase.Images images;
    private final Map<DiskPhase, SimulatedDisk> before = new EnumMap<>(DiskPhase.class);
    private final Map<DiskPhase, Map<String, String>> expected = new EnumMap<>(DiskPhase.class);
    private final Map<DiskPhase, Map<Fault.Operation, Integer>> operations = new EnumMap<>(DiskPhase.class);
    private final Map<String, Integer> counts = new TreeMap<>();
    private final List<String> findings = new ArrayList<>();

    private DiskCampaign(PrintStream out, Path home) throws IOException {
        this.out = out;
        images = DiskPhase.Images.in(home);
        SimulatedDisk disk = new SimulatedDisk();
        Files.createDirectory(disk.rootDirectory().resolve("home"));
        for (DiskPhase phase : DiskPhase.values()) {
            before.put(phase, disk.copy());
            disk.expect(Fault.NONE);
            phase.run(disk.rootDirectory(), images, 1);
            operations.put(phase, disk.operations());
            expected.put(phase, digests(disk));
            out.println(phase.lowerCase() + ": " + disk.operations());
        }
    }

    /**
     * Injects so many faults.
     *
     * @param wanted name of a phase, or {@code all}
     * @return number of findings
     */
    public static int run(PrintStream out, long seed, int faults, String wanted) throws IOException {
        Path home = Files.createTempDirectory("espalier-disk-");
        try {
            DiskCampaign campaign = new DiskCampaign(out, home);
            List<DiskPhase> phases = new ArrayList<>();
            for (DiskPhase phase : DiskPhase.values()) {
                if (wanted.equals("all") || wanted.equals(phase.lowerCase())) {
                    phases.add(phase);
                }
            }
            if (phases.isEmpty()) {
                throw new IllegalArgumentException("no phase of the disk campaign is called " + wanted);
            }
            long next = seed;
            // With two jobs the order of operations differs a little from time to time: the last ones may not be
            // reached.
            for (int injected = 0; injected < faults; next++) {
                if (campaign.inject(phases.get((int) ((next - seed) % phases.size())), next) && ++injected % 200 == 0) {
                    out.println("faults so far: " + injected);
                }
            }
            campaign.counts.forEach((what, count) -> out.println(what + ": " + count));
            out.println("faults injected: " + faults + " (seeds " + seed + " to " + (next - 1) + "), findings: "
                    + campaign.findings.size());
            return campaign.findings.size();
        } finally {
            Trees.delete(home);
        }
    }

    private static Map<String, String> digests(SimulatedDisk disk) throws IOException {
        return Trees.visible(disk.rootDirectory());
    }

    /** Injects one fault; returns whether it happened. */
    private boolean inject(DiskPhase phase, long seed) throws IOException {
        Random random = new Random(seed * 0x9E3779B97F4A7C15L); // equal first numbers otherwise
        Fault fault = fault(random, operations.get(phase));
        boolean cutAfter = random.nextBoolean();
        int jobs = 1 + random.nextInt(2);
        String name = "seed " + seed + ", " + phase.lowerCase() + ", " + fault.kind() + " at " + fault.at();
        SimulatedDisk disk = before.get(phase).copy();
        disk.expect(fault);
        Optional<Throwable> problem = attempt(phase, disk, jobs);
        problem.filter(e -> !clear(e)).ifPresent(e -> finding(name, "ended with " + e, e));
        boolean happened = disk.happened();
        count(phase, fault, !happened ? "not reached" : problem.isPresent() ? "one line" : "went on");
        if (fault.kind() == Fault.Kind.POWER_CUT || cutAfter) {
            disk = disk.afterPowerCut(random);
            endWriters(disk);
        }
        disk.expect(Fault.NONE);
        Optional<Throwable> again = attempt(phase, disk, jobs);
        if (again.isPresent()) {
            finding(name, "ended again with " + again.get(), again.get());
            return happened;
        }
        List<String> differences = Trees.differences(expected.get(phase), digests(disk));
        if (!differences.isEmpty()) {
            finding(name, "end: " + String.join(", ", differences), null);
            return happened;
        }
        List<String> lost = Trees.differences(expected.get(phase), digests(disk.flushedOnly()));
        lost.removeIf(each -> each.endsWith("is left over")); // a deletion that is done again
        if (!lost.isEmpty()) {
            finding(name, "not flushed at the end: " + String.join(", ", lost), null);
        }
        return happened;
    }

    /** Names temporary files as a process that has ended does: the next run is in another process, and here it is in this one. */
    private static void endWriters(SimulatedDisk disk) throws IOException {
        String mine = "." + ProcessHandle.current().pid() + "-";
        try (Stream<Path> files = Files.walk(disk.rootDirectory())) {
            for (Path file : files.toList()) {
                String name = String.valueOf(file.getFileName());
                if (name.endsWith(AtomicFiles.TEMPORARY) && name.contains(mine)) {
                    Files.move(file, file.resolveSibling(name.replaceFirst("\\.[0-9]+-[0-9]+-", ".1-0-")));
                }
            }
        }
    }

    private static Fault fault(Random random, Map<Fault.Operation, Integer> operations) {
        while (true) {
            Fault.Kind kind = Fault.Kind.values()[1 + random.nextInt(Fault.Kind.values().length - 1)];
            int concerned = operations.entrySet().stream()
                    .filter(each -> kind.concerns(each.getKey()))
                    .mapToInt(Map.Entry::getValue)
                    .sum();
            if (concerned > 0) {
                return new Fault(kind, random.nextInt(concerned));
            }
        }
    }

    private Optional<Throwable> attempt(DiskPhase phase, SimulatedDisk disk, int jobs) {
        try {
            phase.run(disk.rootDirectory(), images, jobs);
            return Optional.empty();
        } catch (RuntimeException | Error e) {
            return Optional.of(e);
        }
    }

    private static boolean clear(Throwable e) {
        String message = String.valueOf(e.getMessage());
        return e instanceof UserException
                && !message.isBlank()
                && message.lines().count() == 1;
    }

    private void count(DiskPhase phase, Fault fault, String end) {
        counts.merge(phase.lowerCase() + " " + fault.kind() + ", " + end, 1, Integer::sum);
    }

    private void finding(String name, String what, Throwable cause) {
        findings.add(what);
        String shortened = what.replaceAll("[0-9a-f]{56}(?=[0-9a-f]{8})", "");
        out.println("FINDING " + name + ": " + shortened.substring(0, Math.min(600, shortened.length())));
        if (cause != null && !(cause instanceof UserException)) {
            cause.printStackTrace(out);
        }
    }
}
