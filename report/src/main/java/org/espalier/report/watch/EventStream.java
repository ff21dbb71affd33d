package org.espalier.report.watch;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Server-sent events for one page: everything first, then what changes, each with a number from which a page that comes
 * back goes on. A page that reads slowly gets fewer and larger events; one that does not read at all is cut off.
 */
final class EventStream {
    /** Silence after which a comment shows both sides that the other is there. */
    private static final int ALIVE_SECONDS = 15;

    private final Board board;
    private final String epoch;
    private final InstantSource clock;
    private volatile @Nullable Thread thread;
    private volatile long writingSince;

    /**
     * A stream.
     *
     * @param epoch tells this server's numbers from those of one before it
     */
    EventStream(Board board, String epoch, InstantSource clock) {
        this.board = board;
        this.epoch = epoch;
        this.clock = clock;
    }

    /** Sends events until the page goes away or the thread is interrupted. */
    void serve(HttpExchange exchange, Optional<String> lastId) throws IOException, InterruptedException {
        thread = Thread.currentThread();
        long known = lastId.map(this::revision).orElse(-1L);
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream out = exchange.getResponseBody()) {
            write(out, "retry: 2000\n\n");
            while (!Thread.currentThread().isInterrupted()) {
                Optional<Board.Update> news = board.since(known, ALIVE_SECONDS, TimeUnit.SECONDS);
                if (news.isPresent()) {
                    Board.Update update = news.get();
                    known = update.revision();
                    write(out, "id: " + epoch + "-" + known + "\ndata: " + update.json(clock.millis()) + "\n\n");
                } else {
                    write(out, ": still here\n\n");
                }
            }
        } finally {
            thread = null;
        }
    }

    private void write(OutputStream out, String text) throws IOException {
        writingSince = System.nanoTime();
        try {
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.flush();
        } finally {
            writingSince = 0;
        }
    }

    /** Cuts it off if its page has not read for so long: a blocked write ends when its thread is interrupted. */
    void cutOffAfter(long nanos) {
        long since = writingSince;
        Thread serving = thread;
        if (since != 0 && serving != null && System.nanoTime() - since > nanos) {
            serving.interrupt();
        }
    }

    /** Ends it. */
    void end() {
        if (thread instanceof Thread serving) {
            serving.interrupt();
        }
    }

    /** The revision of an event's number; -1, for everything, if it is none of this server's. */
    private long revision(String id) {
        String prefix = epoch + "-";
        String number = id.startsWith(prefix) ? id.substring(prefix.length()) : "";
        return number.matches("[0-9]{1,18}") ? Long.parseLong(number) : -1;
    }
}
