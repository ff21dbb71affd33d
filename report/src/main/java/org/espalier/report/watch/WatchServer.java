package org.espalier.report.watch;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.espalier.UserException;

/**
 * Serves the page that shows a search as it runs, to this machine only: it is bound to 127.0.0.1, answers requests for
 * 127.0.0.1 and localhost alone, so that no foreign page can reach it under a name of its own (DNS rebinding), knows no
 * method but GET and HEAD, and its page loads nothing from anywhere else.
 *
 * <p>Built on the JDK's own server; each request has a virtual thread.
 */
public final class WatchServer implements AutoCloseable {
    /** The port that is tried first. */
    public static final int USUAL_PORT = 8017;

    /** Pages that may be open at once; each holds a connection. */
    static final int MOST_STREAMS = 32;

    /** Time after which a page that does not read is cut off. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final Set<String> NAMES = Set.of("127.0.0.1", "localhost");

    private static final String VENDOR = "/org/espalier/report/page/vendor/";

    /** What is served, by path: its file, beside this class if nothing else is said, and its type. */
    private static final Map<String, Asset> ASSETS = Map.of(
            "/", new Asset("watch.html", "text/html; charset=utf-8"),
            "/watch.js", new Asset("watch.js", "text/javascript; charset=utf-8"),
            "/chart.js", new Asset("chart.js", "text/javascript; charset=utf-8"),
            "/vega.min.js", new Asset(VENDOR + "vega.min.js", "text/javascript; charset=utf-8"),
            "/vega-interpreter.js", new Asset(VENDOR + "vega-interpreter.js", "text/javascript; charset=utf-8"),
            "/vega-util.js", new Asset("vega-util.js", "text/javascript; charset=utf-8"),
            "/style.css", new Asset("/org/espalier/report/page/style.css", "text/css; charset=utf-8"),
            "/watch.css", new Asset("watch.css", "text/css; charset=utf-8"),
            "/icon.svg", new Asset("icon.svg", "image/svg+xml"));

    private record Asset(String file, String type) {}

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final ScheduledExecutorService reaper;
    private final Watcher watcher;
    private final InstantSource clock;
    private final String epoch;
    private final Set<EventStream> streams = ConcurrentHashMap.newKeySet();

    private WatchServer(HttpServer server, Path directory, InstantSource clock, Duration patience) {
        this.server = server;
        this.clock = clock;
        this.epoch = Long.toString(clock.millis(), Character.MAX_RADIX);
        this.watcher = new Watcher(directory, clock);
        this.reaper = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("watch-reaper").factory());
        long period = Math.max(1, patience.toMillis() / 4);
        reaper.scheduleWithFixedDelay(
                () -> streams.forEach(stream -> stream.cutOffAfter(patience.toNanos())),
                period,
                period,
                TimeUnit.MILLISECONDS);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
        watcher.start();
    }

    /**
     * Starts to serve.
     *
     * @param directory a search's, or one that holds several; it need not be there yet
     * @param port to be bound; 0 for any that is free; empty for {@value #USUAL_PORT} or, if that is taken, any
     * @throws UserException if the port cannot be had
     */
    public static WatchServer start(Path directory, Optional<Integer> port) {
        return start(directory, port, InstantSource.system(), PATIENCE);
    }

    static WatchServer start(Path directory, Optional<Integer> port, InstantSource clock, Duration patience) {
        try {
            return new WatchServer(bind(port.orElse(USUAL_PORT)), directory, clock, patience);
        } catch (BindException e) {
            if (port.isPresent()) {
                throw new UserException(
                        "port " + port.get() + " cannot be had: " + e.getMessage()
                                + "; choose another with --port, or 0 for any that is free",
                        e);
            }
        } catch (IOException e) {
            throw new UserException("no page can be served: " + e.getMessage(), e);
        }
        return start(directory, Optional.of(0), clock, patience);
    }

    private static HttpServer bind(int port) throws IOException {
        InetAddress here = InetAddress.getByAddress("127.0.0.1", new byte[] {127, 0, 0, 1});
        return HttpServer.create(new InetSocketAddress(here, port), 0);
    }

    /** Where the page is. */
    public URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Headers headers = exchange.getResponseHeaders();
            headers.set("Cache-Control", "no-store");
            headers.set("X-Content-Type-Options", "nosniff");
            headers.set("Referrer-Policy", "no-referrer");
            headers.set("Cross-Origin-Resource-Policy", "same-origin");
            headers.set("Cross-Origin-Opener-Policy", "same-origin");
            headers.set(
                    "Content-Security-Policy",
                    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
                            + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
            String method = exchange.getRequestMethod();
            if (!Requests.isForHere(exchange.getRequestHeaders(), NAMES)) {
                refuse(exchange, 403, "this page is for 127.0.0.1 and localhost only");
            } else if (!method.equals("GET") && !method.equals("HEAD")) {
                headers.set("Allow", "GET, HEAD");
                refuse(exchange, 405, "only GET and HEAD: nothing can be changed here");
            } else if (exchange.getRequestURI().getPath().equals("/events")) {
                events(exchange);
            } else {
                asset(exchange);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void asset(HttpExchange exchange) throws IOException {
        Asset asset = ASSETS.get(exchange.getRequestURI().getPath());
        if (asset == null) {
            refuse(exchange, 404, "nothing is here");
            return;
        }
        byte[] content;
        try (InputStream in = Objects.requireNonNull(WatchServer.class.getResourceAsStream(asset.file()))) {
            content = in.readAllBytes();
        }
        if (asset.file().startsWith(VENDOR)) {
            content = inBrowser(content);
        }
        answer(exchange, 200, asset.type(), content);
    }

    /** A vendored script as a browser takes it: it finds no package by its name, and looks for no source map. */
    private static byte[] inBrowser(byte[] script) {
        return new String(script, StandardCharsets.UTF_8)
                .replace(" from 'vega-util'", " from './vega-util.js'")
                .replaceAll("(?m)^//# sourceMappingURL=.*$", "")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static void refuse(HttpExchange exchange, int status, String reason) throws IOException {
        answer(exchange, status, "text/plain; charset=utf-8", (reason + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private static void answer(HttpExchange exchange, int status, String type, byte[] content) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().set("Content-Length", Integer.toString(content.length));
            exchange.sendResponseHeaders(status, -1);
        } else {
            exchange.sendResponseHeaders(status, content.length);
            exchange.getResponseBody().write(content);
        }
    }

    private void events(HttpExchange exchange) throws IOException, InterruptedException {
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream; charset=utf-8");
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(200, -1);
            return;
        }
        var stream = new EventStream(watcher.board(), epoch, clock);
        synchronized (streams) {
            if (streams.size() >= MOST_STREAMS) {
                exchange.getResponseHeaders().set("Retry-After", "15");
                refuse(exchange, 503, "this page is open " + MOST_STREAMS + " times already");
                return;
            }
            streams.add(stream);
        }
        try {
            watcher.enter();
            stream.serve(
                    exchange, Optional.ofNullable(exchange.getRequestHeaders().getFirst("Last-Event-ID")));
        } finally {
            watcher.leave();
            streams.remove(stream);
        }
    }

    /** Pages that are open now. */
    int open() {
        return streams.size();
    }

    /** Ends all answers and gives the port free. */
    @Override
    public void close() {
        reaper.shutdownNow();
        watcher.close();
        List.copyOf(streams).forEach(EventStream::end);
        server.stop(0);
        threads.shutdownNow();
    }
}
