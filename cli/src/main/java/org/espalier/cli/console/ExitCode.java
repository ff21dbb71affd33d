package org.espalier.cli.console;

import java.util.LinkedHashMap;
import java.util.Map;

/** What the exit codes of {@code espalier} mean. */
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
        meanings.put(" " + MISTAKE, "a setting, a file or the disk is at fault; one line says what");
        meanings.put(" " + USAGE, "the command line was not understood");
        meanings.put(" " + INTERNAL, "an error of Espalier's own, or it could not be built or started");
        meanings.put(" " + DIVERGED, "the search ended, but the loss of at least one trial was not a number");
        meanings.put(" " + REFUSED, "a robustness figure breaks a rule and is refused, or the self-test failed");
        meanings.put(" " + INTERRUPTED, "interrupted; nothing is lost, run it again to continue");
        meanings.put(" " + BROKEN_PIPE, "the reader of the output went away");
        return meanings;
    }
}
