package org.espalier.cli.console;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.jline.utils.Signals;

/**
 * Ctrl-C, a closed terminal and the system's request to end, as a request to stop after the present step. The second
 * one ends the process at once; stored results are safe either way.
 */
public final class Interruption implements AutoCloseable {
    /** POSIX signals and their numbers; a process ended by one exits with 128 + its number. */
    private enum Signal {
        HUP(1),
        INT(2),
        TERM(15);

        final int number;

        Signal(int number) {
            this.number = number;
        }
    }

    // Schedulers signal a job's shell and its processes alike, and the shell passes the signal on.
    private static final long SAME_NANOS = 2_000_000_000L;

    private final List<Runnable> restore = new ArrayList<>();
    private final Runnable stop;
    private volatile int code;
    private volatile long first; // System.nanoTime of the first signal

    private Interruption(Runnable stop) {
        this.stop = stop;
        for (Signal signal : Signal.values()) {
            // A system without the signal answers null.
            if (Signals.register(signal.name(), () -> happen(signal)) instanceof Object before) {
                restore.add(() -> Signals.unregister(signal.name(), before));
            }
        }
    }

    /** From now until this is closed, an interruption calls {@code stop}, on a thread of its own. */
    public static Interruption expect(Runnable stop) {
        return new Interruption(stop);
    }

    private void happen(Signal signal) {
        if (code != 0) {
            if (signal == Signal.TERM && System.nanoTime() - first < SAME_NANOS) {
                return;
            }
            Runtime.getRuntime().halt(128 + signal.number);
        }
        first = System.nanoTime();
        code = 128 + signal.number;
        stop.run();
    }

    /** The exit code of an interruption, if there was one. */
    public OptionalInt code() {
        return code == 0 ? OptionalInt.empty() : OptionalInt.of(code);
    }

    /**
     * Tells the user that the same command continues.
     *
     * @return the exit code of a command that has stopped
     */
    public int stopped(Console console) {
        console.err().println("stopped; nothing is lost: run the same command again to continue");
        return code().orElse(ExitCode.INTERRUPTED);
    }

    @Override
    public void close() {
        restore.forEach(Runnable::run);
    }
}
