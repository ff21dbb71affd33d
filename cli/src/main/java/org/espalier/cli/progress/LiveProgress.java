package org.espalier.cli.progress;

import java.io.IOException;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.AttributedString;
import org.jline.utils.Display;

/**
 * Progress as bars that move, on the terminal's error output.
 *
 * <p>Drawn with JLine 3: it knows the terminal's size and redraws only what changed, for any number of lines. Version 4
 * queries the terminal at start, which takes half a second.
 */
final class LiveProgress implements Progress {
    private static final long REDRAW_MILLIS = 250;

    private final Terminal terminal;
    private final Display display;
    private final Supplier<ProgressBoard.Snapshot> board;
    private final ProgressText text;
    private final Thread painter;
    private Size size = new Size();
    private boolean closed;

    private LiveProgress(Terminal terminal, Supplier<ProgressBoard.Snapshot> board) {
        this.terminal = terminal;
        this.display = new Display(terminal, false);
        this.board = board;
        // The locale's encoding, not Java's default one, which is UTF-8 in every locale.
        this.text = new ProgressText(Charset.forName(System.getProperty("native.encoding", "US-ASCII"))
                .newEncoder()
                .canEncode('█'));
        this.painter = Thread.ofPlatform().name("progress").daemon().start(this::paint);
    }

    /** Bars on the terminal, or nothing where it cannot move a cursor. */
    static Optional<Progress> open(Supplier<ProgressBoard.Snapshot> board) {
        try {
            Terminal terminal = TerminalBuilder.builder()
                    .system(true)
                    .systemOutput(TerminalBuilder.SystemOutput.SysErr)
                    .dumb(true)
                    // Ctrl-C is Interruption's.
                    .nativeSignals(false)
                    .build();
            if (terminal.getType().startsWith(Terminal.TYPE_DUMB)
                    || terminal.getSize().getColumns() < 20) {
                terminal.close();
                return Optional.empty();
            }
            return Optional.of(new LiveProgress(terminal, board));
        } catch (IOException e) {
            System.getLogger(LiveProgress.class.getName())
                    .log(System.Logger.Level.DEBUG, "the terminal cannot be drawn on", e);
            return Optional.empty();
        }
    }

    @Override
    public synchronized void say(String line) {
        if (closed) {
            return;
        }
        draw(List.of());
        ProgressText.folded(line, terminal.getSize().getColumns()).forEach(terminal.writer()::println);
        terminal.flush();
        draw(text.lines(board.get(), size.getColumns()));
    }

    private void paint() {
        try {
            while (true) {
                synchronized (this) {
                    if (closed) {
                        return;
                    }
                    draw(text.lines(board.get(), terminal.getSize().getColumns()));
                }
                Thread.sleep(REDRAW_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void draw(List<String> lines) {
        Size now = terminal.getSize();
        if (!now.equals(size)) {
            size = now;
            display.resize(now.getRows(), now.getColumns());
        }
        // What does not fit on the screen cannot be redrawn: the whole, last, stays.
        int from = Math.max(0, lines.size() - Math.max(1, now.getRows() - 1));
        display.update(
                lines.subList(from, lines.size()).stream()
                        .map(AttributedString::new)
                        .toList(),
                0);
        terminal.flush();
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        painter.interrupt();
        draw(List.of());
        try {
            terminal.close();
        } catch (IOException e) {
            System.getLogger(LiveProgress.class.getName())
                    .log(System.Logger.Level.DEBUG, "the terminal cannot be given back", e);
        }
    }
}
