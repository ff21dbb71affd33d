package org.espalier.report.browser;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.espalier.lab.store.Json;
import org.junit.jupiter.api.Assumptions;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The machine's own Chromium, without a window, steered through its DevTools protocol: no driver to install and nothing to
 * download. It is expected at /usr/bin/chromium or where the variable ESPALIER_CHROMIUM says.
 */
public final class Chromium implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();
    private static final long PATIENCE_SECONDS = 60;

    private static final Path PROGRAM = Path.of(System.getenv().getOrDefault("ESPALIER_CHROMIUM", "/usr/bin/chromium"));

    private final Process process;
    private final Path profile;
    private final WebSocket socket;
    private final AtomicInteger numbers = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonNode>> waiting = new ConcurrentHashMap<>();
    private final Map<String, Tab> tabs = new ConcurrentHashMap<>();

    private Chromium(Process process, Path profile, String address) {
        this.process = process;
        this.profile = profile;
        socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(URI.create(address), new Listener())
                .join();
    }

    /** Starts the browser; without one the test that asks is skipped, unless ESPALIER_BROWSER_TESTS is "required". */
    public static Chromium start() throws IOException {
        if (!Files.isExecutable(PROGRAM)) {
            String why = "browser tests did not run: no Chromium at " + PROGRAM
                    + " (Debian: apt-get install chromium; elsewhere: ESPALIER_CHROMIUM=its path)";
            if ("required".equals(System.getenv("ESPALIER_BROWSER_TESTS"))) {
                throw new AssertionError(why);
            }
            System.out.println(why);
            Assumptions.abort(why);
        }
        Path profile = Files.createTempDirectory("espalier-chromium");
        Process process = new ProcessBuilder(
                        PROGRAM.toString(),
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--disable-quic",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        // A page that the browser thinks nobody sees is drawn seldom or not at all.
                        "--disable-backgrounding-occluded-windows",
                        "--disable-renderer-backgrounding",
                        "--disable-background-timer-throttling",
                        "--hide-scrollbars",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + profile,
                        "about:blank")
                .redirectErrorStream(true)
                .start();
        var said = new ArrayList<String>();
        var output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line;
        while ((line = output.readLine()) != null) {
            said.add(line);
            int at = line.indexOf("ws://");
            if (line.startsWith("DevTools listening on") && at >= 0) {
                // The rest is of no interest, but must be read, or the browser stands still once the pipe is full.
                Thread.ofVirtual().start(() -> output.lines().forEach(_ -> {}));
                return new Chromium(process, profile, line.substring(at).strip());
            }
        }
        throw new AssertionError(PROGRAM + " ended before it could be spoken to: " + said);
    }

    /** A page in the browser, and all that went wrong or was asked for in it. */
    public final class Tab {
        private final String session;
        private final List<String> requests = new java.util.concurrent.CopyOnWriteArrayList<>();
        private final List<String> errors = new java.util.concurrent.CopyOnWriteArrayList<>();

        private Tab(String session) {
            this.session = session;
        }

        /** Addresses that the page asked for, without data: addresses. */
        public List<String> requests() {
            return requests;
        }

        /** Exceptions, console errors and warnings, and what the page's policy forbade. */
        public List<String> errors() {
            return errors;
        }

        /** Sends a command of the protocol and waits for its answer. */
        public JsonNode send(String method, Object... members) {
            return Chromium.this.send(session, method, members);
        }

        /** Opens an address and waits until its scripts have run. */
        public void open(String address) {
            send("Page.navigate", "url", address);
            await("document.readyState === 'complete'");
        }

        /** Evaluates JavaScript, waiting for a promise; the result has to be JSON. */
        public JsonNode evaluate(String script) {
            JsonNode answer =
                    send("Runtime.evaluate", "expression", script, "returnByValue", true, "awaitPromise", true);
            if (answer.has("exceptionDetails")) {
                throw new AssertionError(script + ": " + answer.path("exceptionDetails"));
            }
            return answer.path("result").path("value");
        }

        /** Waits until an expression is true. */
        public void await(String condition) {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (!evaluate("Boolean(" + condition + ")").asBoolean(false)) {
                if (System.nanoTime() > end) {
                    throw new AssertionError("after " + PATIENCE_SECONDS + " s it is still not so: " + condition
                            + "; errors: " + errors);
                }
                try {
                    Thread.sleep(20);
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
        }

        /** Sets the window's size in pixels. */
        public void size(int width, int height) {
            send(
                    "Emulation.setDeviceMetricsOverride",
                    "width",
                    width,
                    "height",
                    height,
                    "deviceScaleFactor",
                    1,
                    "mobile",
                    false);
        }

        /** Moves the mouse to a place in the window. */
        public void hover(double x, double y) {
            send("Input.dispatchMouseEvent", "type", "mouseMoved", "x", x, "y", y);
        }

        private void event(String method, JsonNode event) {
            switch (method) {
                case "Network.requestWillBeSent" -> {
                    String address = event.path("request").path("url").asString("");
                    if (!address.startsWith("data:")) {
                        requests.add(address);
                    }
                }
                case "Runtime.exceptionThrown" -> errors.add(event.toString());
                case "Runtime.consoleAPICalled" -> {
                    String type = event.path("type").asString("");
                    if (type.equals("error") || type.equals("warning") || type.equals("assert")) {
                        errors.add(event.toString());
                    }
                }
                case "Log.entryAdded" -> {
                    String level = event.path("entry").path("level").asString("");
                    if (level.equals("error") || level.equals("warning")) {
                        errors.add(event.toString());
                    }
                }
                default -> {}
            }
        }
    }

    /** Opens an empty page. */
    public Tab tab() {
        String target = send("", "Target.createTarget", "url", "about:blank")
                .path("targetId")
                .asString("");
        String session = send("", "Target.attachToTarget", "targetId", target, "flatten", true)
                .path("sessionId")
                .asString("");
        Tab tab = new Tab(session);
        tabs.put(session, tab);
        for (String domain : List.of("Page", "Runtime", "Network", "Log")) {
            tab.send(domain + ".enable");
        }
        return tab;
    }

    private JsonNode send(String session, String method, Object... members) {
        int number = numbers.incrementAndGet();
        var parameters = new LinkedHashMap<String, Object>();
        for (int i = 0; i < members.length; i += 2) {
            parameters.put((String) members[i], members[i + 1]);
        }
        var message = new LinkedHashMap<String, Object>();
        message.put("id", number);
        message.put("method", method);
        message.put("params", parameters);
        if (!session.isEmpty()) {
            message.put("sessionId", session);
        }
        var answer = new CompletableFuture<JsonNode>();
        waiting.put(number, answer);
        socket.sendText(Json.write(message), true).join();
        return answer.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    }

    private final class Listener implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                JsonNode message = JSON.readTree(text.toString());
                text.setLength(0);
                CompletableFuture<JsonNode> answer =
                        waiting.remove(message.path("id").asInt(0));
                if (answer == null) {
                    Tab tab = tabs.get(message.path("sessionId").asString(""));
                    if (tab != null) {
                        tab.event(message.path("method").asString(""), message.path("params"));
                    }
                } else if (message.has("error")) {
                    answer.completeExceptionally(
                            new AssertionError(message.path("error").toString()));
                } else {
                    answer.complete(message.path("result"));
                }
            }
            webSocket.request(1);
            return CompletableFuture.completedStage(null);
        }
    }

    @Override
    public void close() throws IOException {
        socket.abort();
        // The browser is a family: a shell script may have started it, and it starts others.
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (int attempt = 0; attempt < 20; attempt++) {
            try {
                delete(profile);
                return;
            } catch (IOException e) {
                // A child that is still ending may write once more.
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, java.io.IOException e) throws IOException {
                Files.deleteIfExists(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
