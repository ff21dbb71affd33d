package org.espalier.cli.progress;

import java.time.Duration;
import java.util.function.Supplier;
import org.espalier.cli.console.Console;

/**
 * Progress as plain lines, for pipes and logs: a line for each event and, without events, a line with the state: every
 * ten seconds in the first minutes, every minute later.
 */
final class PlainProgress implements Progress {
    private static final Duration OFTEN = Duration.ofSeconds(10);
    private static final Duration SELDOM = Duration.ofSeconds(60);
    private static final Duration FIRST_MINUTES = Duration.ofMinutes(5);

    private final Console console;
    private final Supplier<ProgressBoard.Snapshot> board;
    private final Thread heart;
    private long lastLine = System.nanoTime();

    PlainProgress(Console console, Supplier<ProgressBoard.Snapshot> board) {
        this.console = console;
        this.board = board;
        this.heart = Thread.ofPlatform().name("progress").daemon().start(this::beat);
    }

    @Override
    public synchronized void say(String line) {
        console.err().println(line);
        lastLine = System.nanoTime();
    }

    private void beat() {
        try {
            while (true) {
                Thread.sleep(1000);
                ProgressBoard.Snapshot now = board.get();
                Duration pause = now.elapsed().compareTo(FIRST_MINUTES) < 0 ? OFTEN : SELDOM;
                synchronized (this) {
                    if (System.nanoTime() - lastLine >= pause.toNanos()) {
                        say(ProgressText.heartbeat(now));
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        heart.interrupt();
    }
}
