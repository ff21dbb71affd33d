package org.espalier.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Command lines of processes that hear an interrupt. Whatever a shell starts in the background ignores it, and so does all
 * that this starts in turn, the tests and what they start included.
 */
public final class HearsSignals {
    private static final List<String> ENV = List.of("env", "--default-signal=INT,TERM");

    private HearsSignals() {}

    /** The command, with the signals restored where the machine's {@code env} can do so (GNU's can, since 8.31). */
    public static List<String> command(List<String> command) throws IOException, InterruptedException {
        var restored = new ArrayList<>(ENV);
        restored.add("true");
        var whole = new ArrayList<String>();
        Process trial = new ProcessBuilder(restored)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (trial.waitFor() == 0) {
            whole.addAll(ENV);
        }
        whole.addAll(command);
        return whole;
    }
}
