package org.espalier.cli.progress;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.espalier.cli.console.CleanOutput;
import org.espalier.lab.experiment.Names;

/** Progress in words and bars. */
final class ProgressText {
    private static final String INDENT = "    ";

    private static final double MEGABYTE = 1e6;

    private static final int SHORTEST_BAR = 6;
    private static final int LONGEST_BAR = 40;

    private final char full;
    private final char empty;

    /** Bars of block characters, or of ASCII for a terminal that shows nothing else. */
    ProgressText(boolean unicode) {
        full = unicode ? '█' : '#';
        empty = unicode ? '░' : '.';
    }

    /** A line for each level in work and one for the whole, none longer than the width; in fewer words where it is narrow. */
    List<String> lines(ProgressBoard.Snapshot now, int width) {
        List<Line> roomy = describe(now, ProgressText::level, ProgressText::tail);
        List<Line> shown = width - longest(roomy) >= SHORTEST_BAR
                ? roomy
                : describe(now, ProgressText::shortLevel, ProgressText::shortTail);
        // Bars of one length, so that they can be compared.
        int bar = Math.min(LONGEST_BAR, width - longest(shown));
        return shown.stream()
                .map(line -> bar < SHORTEST_BAR
                        ? line.head().stripTrailing() + line.tail()
                        : line.head() + bar(line.fraction(), bar) + line.tail())
                .map(CleanOutput::clean)
                .map(line -> line.length() > width ? line.substring(0, Math.max(0, width)) : line)
                .toList();
    }

    /** What stands before and after a bar. */
    private record Line(String head, double fraction, String tail) {}

    private static int longest(List<Line> lines) {
        return lines.stream()
                .mapToInt(line -> line.head().length() + line.tail().length())
                .max()
                .orElse(0);
    }

    private static List<Line> describe(
            ProgressBoard.Snapshot now,
            Function<ProgressBoard.Bar, String> level,
            Function<ProgressBoard.Bar, String> tail) {
        int names =
                now.bars().stream().mapToInt(bar -> bar.name().length()).max().orElse(0);
        var lines = new ArrayList<Line>();
        for (ProgressBoard.Bar bar : now.bars()) {
            String head = pad(bar.name(), names) + "  " + level.apply(bar) + "  ";
            lines.add(new Line(head, (double) bar.iteration() / bar.iterations(), "  " + tail.apply(bar)));
        }
        int heads = lines.stream().mapToInt(line -> line.head().length()).max().orElse(0);
        String total = now.levelsDone() + " of " + now.levels() + " " + Names.noun(now.levels(), "level");
        String times = "  " + format("%3.0f %%", now.fraction() * 100) + "  " + Durations.of(now.elapsed())
                + now.left()
                        .map(left -> ", about " + Durations.of(left) + " left")
                        .orElse("");
        lines.add(new Line(pad(total, heads - 2) + "  ", now.fraction(), times));
        return lines;
    }

    /**
     * One line about a file in transfer, not longer than the width.
     *
     * @param bytes arrived so far
     * @param total bytes expected; 0 or less if unknown
     */
    String transfer(String file, long bytes, long total, int width) {
        String line;
        if (total <= 0) {
            line = file + format("  %.1f MB", bytes / MEGABYTE);
        } else {
            double fraction = (double) bytes / total;
            String tail = format("  %3.0f %%  %.1f of %.1f MB", 100 * fraction, bytes / MEGABYTE, total / MEGABYTE);
            int bar = Math.min(LONGEST_BAR, width - file.length() - 2 - tail.length());
            line = bar < SHORTEST_BAR ? file + tail : file + "  " + bar(fraction, bar) + tail;
        }
        return line.substring(0, Math.min(line.length(), Math.max(0, width)));
    }

    /** One line about a level that has ended, for a log. */
    static String summary(ProgressBoard.Bar bar, String split) {
        String accuracies = accuracies(bar.accuracies()).strip().replace("  ", ", ");
        return bar.name() + ", "
                + format("level %d of %d, %.1f %% of weights", bar.level(), bar.lastLevel(), bar.density() * 100)
                + (accuracies.isEmpty() ? "" : ": " + accuracies + " % (" + split + ")")
                + ", " + Durations.of(bar.spent());
    }

    /** A clean line broken between words where a terminal is narrower; what follows is set in. */
    static List<String> folded(String line, int columns) {
        var folded = new ArrayList<String>();
        String rest = CleanOutput.clean(line);
        while (rest.length() > columns) {
            int at = rest.lastIndexOf(' ', columns);
            if (at <= INDENT.length()) {
                break;
            }
            folded.add(rest.substring(0, at));
            rest = INDENT + rest.substring(at + 1);
        }
        folded.add(rest);
        return folded;
    }

    /** One line about the whole and what is in work, for a log. */
    static String heartbeat(ProgressBoard.Snapshot now) {
        return now.levelsDone() + " of " + now.levels() + " " + Names.noun(now.levels(), "level") + " done, "
                + Durations.of(now.elapsed())
                + now.left()
                        .map(left -> ", about " + Durations.of(left) + " left")
                        .orElse("")
                + now.bars().stream()
                        .map(bar -> format(
                                "; %s level %d at %,d/%,d", bar.name(), bar.level(), bar.iteration(), bar.iterations()))
                        .collect(Collectors.joining());
    }

    private static String level(ProgressBoard.Bar bar) {
        return format("level %2d/%d %5.1f %%", bar.level(), bar.lastLevel(), bar.density() * 100);
    }

    private static String shortLevel(ProgressBoard.Bar bar) {
        return format("%d/%d %5.1f %%", bar.level(), bar.lastLevel(), bar.density() * 100);
    }

    private static String shortTail(ProgressBoard.Bar bar) {
        return format("%3.0f %%", 100.0 * bar.iteration() / bar.iterations())
                + (bar.rate() > 0 ? format("  %,.0f/s", bar.rate()) : "")
                + accuracies(bar.accuracies());
    }

    private static String tail(ProgressBoard.Bar bar) {
        int digits = format("%,d", bar.iterations()).length();
        return format("%," + digits + "d/%,d", bar.iteration(), bar.iterations())
                + (bar.rate() > 0 ? format("  %,.0f/s", bar.rate()) : "")
                + accuracies(bar.accuracies())
                + bar.left()
                        .filter(_ -> bar.iteration() < bar.iterations())
                        .map(l -> "  " + Durations.of(l) + " left")
                        .orElse("");
    }

    private static String accuracies(Map<String, Double> accuracies) {
        return accuracies.entrySet().stream()
                .map(e -> "  " + (e.getKey().equals("none") ? "natural" : e.getKey()) + format(" %.1f", e.getValue()))
                .collect(Collectors.joining());
    }

    private String bar(double fraction, int length) {
        int done = (int) (Math.clamp(fraction, 0, 1) * length);
        return String.valueOf(full).repeat(done) + String.valueOf(empty).repeat(length - done);
    }

    private static String pad(String text, int length) {
        return text + " ".repeat(Math.max(0, length - text.length()));
    }

    private static String format(String format, Object... arguments) {
        return String.format(Locale.ROOT, format, arguments);
    }
}
