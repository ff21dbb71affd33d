package org.espalier.cli.console;

import java.util.LinkedHashMap;
import java.util.Map;

/** The exit codes of {@code espalier}. */
public final class ExitCode {
    public static final int DONE = 0;
    public static final int MISTAKE = 1;
    public static final int USAGE = 2;
    public static final int INTERNAL = 3;
    public static final int DIVERGED = 4;
    public static final int REFUSED = 5;
    public static final int INTERRUPTED = 130;
    public static final int BROKEN_PIPE = 141;

    private ExitCode() {}

    /** For the help page: each code with its meaning. */
    public static Map<String, String> meanings() {
        var meanings = new LinkedHashMap<String, String>();
        meanings.put(" " + DONE, "done");
        meanings.put(" " + MISTAKE, "a fault of a setting, a file or the disk; one line names it");
        meanings.put(" " + USAGE, "the command line is wrong");
        meanings.put(" " + INTERNAL, "an internal error, or Espalier could not be built or started");
        meanings.put(" " + DIVERGED, "the search ended, but at least one trial diverged (its loss was not a number)");
        meanings.put(
                " " + REFUSED,
                "an evaluation is refused by a rule, certificates contradict attacks or a benchmark lacks some, or the self-test"
                        + " failed");
        meanings.put(
                " 129, " + INTERRUPTED + ", 143",
                "ended by SIGHUP, Ctrl-C or SIGTERM; nothing is lost, the same command continues");
        meanings.put(" " + BROKEN_PIPE, "the reader of the output closed it");
        return meanings;
    }
}
