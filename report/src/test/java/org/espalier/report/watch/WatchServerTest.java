package org.espalier.report.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.espalier.UserException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Timeout(30)
class WatchServerTest {
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    private Path home;

    private Path directory;
    private WatchServer server;
    private final HttpClient client = HttpClient.newHttpClient();
    private final List<AutoCloseable> opened = new ArrayList<>();

    @BeforeEach
    void serve() {
        directory = home.resolve("<i>run");
        server = WatchServer.start(directory, Optional.of(0), InstantSource.system(), Duration.ofSeconds(2));
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable resource : opened) {
            resource.close();
        }
        client.shutdownNow();
        server.close();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(server.address().resolve(path));
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(request(path).build(), BodyHandlers.ofString());
    }

    /** Sends a request as it stands and returns the first line of the answer. */
    private String raw(String... lines) throws IOException {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.address().getPort())) {
            socket.getOutputStream()
                    .write((String.join("\r\n", lines) + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            return String.valueOf(
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                            .readLine());
        }
    }

    /** A page that listens to events. */
    private final class Listener implements AutoCloseable {
        private final BufferedReader lines;
        private String id = "";

        Listener(Optional<String> lastId) throws IOException, InterruptedException {
            HttpRequest.Builder request = request("/events");
            lastId.ifPresent(id -> request.header("Last-Event-ID", id));
            HttpResponse<InputStream> response = client.send(request.build(), BodyHandlers.ofInputStream());
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.headers().firstValue("Content-Type")).contains("text/event-stream; charset=utf-8");
            lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
            opened.add(this);
        }

        /** The next event. */
        JsonNode next() throws IOException {
            String data = "";
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("id: ")) {
                    id = line.substring(4);
                } else if (line.startsWith("data: ")) {
                    data = line.substring(6);
                } else if (line.isEmpty() && !data.isEmpty()) {
                    return JSON.readTree(data);
                }
            }
            throw new IOException("the stream has ended");
        }

        /** The next event that sets a piece: a look that came too early, or ran out of time, may have told less before. */
        JsonNode next(String piece) throws IOException {
            JsonNode event = next();
            while (!event.path("set").has(piece)) {
                event = next();
            }
            return event;
        }

        @Override
        public void close() throws IOException {
            lines.close();
        }
    }

    private Listener listen() throws IOException, InterruptedException {
        return new Listener(Optional.empty());
    }

    @Test
    void isBoundToThisMachineAlone() {
        assertThat(server.address().getHost()).isEqualTo("127.0.0.1");
        assertThatThrownBy(() -> {
                    try (Socket socket = new Socket()) {
                        // Another address of this machine: a server bound to all of them would answer.
                        socket.connect(
                                new InetSocketAddress(
                                        "127.0.0.2", server.address().getPort()),
                                1000);
                    }
                })
                .isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "/, text/html; charset=utf-8",
        "/watch.js, text/javascript; charset=utf-8",
        "/chart.js, text/javascript; charset=utf-8",
        "/vega.min.js, text/javascript; charset=utf-8",
        "/vega-interpreter.js, text/javascript; charset=utf-8",
        "/vega-util.js, text/javascript; charset=utf-8",
        "/style.css, text/css; charset=utf-8",
        "/watch.css, text/css; charset=utf-8",
        "/icon.svg, image/svg+xml"
    })
    void servesThePageAndLetsItLoadNothingFromElsewhere(String path, String type) throws Exception {
        HttpResponse<String> answer = get(path);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).contains(type);
        assertThat(answer.headers().firstValue("Content-Security-Policy").orElseThrow())
                .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
                .doesNotContain("unsafe");
        assertThat(answer.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        // Names of XML's kinds of elements are the only addresses in it. Vega can fetch data; the policy above forbids
        // it.
        if (!path.equals("/vega.min.js")) {
            assertThat(answer.body().replace("http://www.w3.org/2000/svg", ""))
                    .doesNotContain("http:", "https:", "innerHTML");
        }
        assertThat(answer.body()).doesNotContain("sourceMappingURL", "'vega-util'");
        HttpResponse<String> head = client.send(
                request(path).method("HEAD", BodyPublishers.noBody()).build(), BodyHandlers.ofString());
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(head.headers().firstValueAsLong("Content-Length"))
                .hasValue(answer.body().getBytes(StandardCharsets.UTF_8).length);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/nothing", "/../watch.js", "/watch.html", "/events/", "/%2e%2e/etc/passwd"})
    void hasNothingElse(String path) throws Exception {
        assertThat(raw("GET " + path + " HTTP/1.1", "Host: localhost", "Connection: close"))
                .contains(" 404 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"})
    void changesNothing(String method) throws Exception {
        for (String path : List.of("/", "/events", "/nothing")) {
            assertThat(raw(
                            method + " " + path + " HTTP/1.1",
                            "Host: localhost",
                            "Content-Length: 0",
                            "Connection: close"))
                    .contains(" 405 ");
        }
        HttpResponse<String> answer =
                client.send(request("/").POST(BodyPublishers.ofString("x")).build(), BodyHandlers.ofString());
        assertThat(answer.headers().firstValue("Allow")).contains("GET, HEAD");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "evil.example:8017",
                "127.0.0.1.evil.example",
                "localhost.evil.example",
                "127.0.0.2",
                "0.0.0.0",
                "[::1]",
                "localhost@evil.example",
                "localhost:80:80",
                "localhost:x",
                " "
            })
    void foreignNamesAreRefused(String host) throws Exception {
        for (String path : List.of("/", "/events")) {
            assertThat(raw("GET " + path + " HTTP/1.1", "Host: " + host, "Connection: close"))
                    .contains(" 403 ");
        }
    }

    @Test
    void noNameAndTwoNamesAreRefused() throws Exception {
        assertThat(raw("GET / HTTP/1.0")).contains(" 403 ");
        assertThat(raw("GET / HTTP/1.1", "Host: localhost", "Host: evil.example", "Connection: close"))
                .containsPattern(" 40[03] ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "localhost", "LOCALHOST", "localhost:9999", "127.0.0.1:1"})
    void namesOfThisMachineAreServedThroughTunnelsToo(String host) throws Exception {
        assertThat(raw("GET / HTTP/1.1", "Host: " + host, "Connection: close")).contains(" 200 ");
    }

    @Test
    void otherPagesScriptsAreRefused() throws Exception {
        String[] start = {"GET /events HTTP/1.1", "Host: localhost:5", "Connection: close"};
        assertThat(raw(start[0], start[1], start[2], "Origin: http://evil.example"))
                .contains(" 403 ");
        assertThat(raw(start[0], start[1], start[2], "Origin: null")).contains(" 403 ");
        assertThat(raw(start[0], start[1], start[2], "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors"))
                .contains(" 403 ");
        assertThat(raw(start[0], start[1], start[2], "Origin: http://localhost:5"))
                .contains(" 200 ");
        assertThat(raw("GET / HTTP/1.1", start[1], start[2], "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate"))
                .contains(" 200 ");
    }

    @Test
    void tellsWhatGrowsAsItGrows() throws Exception {
        Listener page = listen();
        JsonNode first = page.next();
        assertThat(first.path("full").booleanValue()).isTrue();
        String run = first.at("/set/view/runs/0").stringValue();
        assertThat(first.path("set").path(run + "/run").path("state").stringValue())
                .isEqualTo("missing");
        // A name with markup is told as it is; the page puts it in as text.
        assertThat(first.path("set").path(run + "/run").path("name").stringValue())
                .endsWith("<i>run");

        GrowingStore store = new GrowingStore(directory).begin();
        JsonNode begun = page.next(run + "/plan");
        assertThat(begun.path("full").booleanValue()).isFalse();
        assertThat(begun.path("set").path(run + "/run").path("state").stringValue())
                .isEqualTo("stopped");

        store.beginLevel(GrowingStore.key(0, 0), 0);
        store.measure(GrowingStore.key(0, 0), 0, 0.1, 0, 0);
        JsonNode level = page.next(run + "/0").path("set").path(run + "/0");
        assertThat(level.path("s").stringValue()).isEqualTo("begun");
        store.measure(GrowingStore.key(0, 0), 100, 0.5, 0, 0);
        JsonNode grown = page.next(run + "/0");
        assertThat(grown.path("set").has(run + "/plan")).isFalse();
        assertThat(grown.path("set").path(run + "/0").at("/curves/none")).hasSize(2);
    }

    @Test
    void aPageThatComesBackGetsWhatItMissed() throws Exception {
        GrowingStore store = new GrowingStore(directory).begin();
        Listener page = listen();
        page.next("r0/plan");
        page.close();
        store.beginLevel(GrowingStore.key(0, 0), 0);
        Listener again = new Listener(Optional.of(page.id));
        JsonNode missed = again.next("r0/0");
        assertThat(missed.path("full").booleanValue()).isFalse();
        assertThat(missed.path("set").has("r0/plan")).isFalse();
        // Numbers of another server, or nonsense, get everything.
        for (String id : List.of("another-3", "x", "-", page.id + "9999")) {
            assertThat(new Listener(Optional.of(id)).next().path("full").booleanValue())
                    .isTrue();
        }
    }

    @Test
    void severalSearchesBelowOneDirectoryAreShown() throws Exception {
        new GrowingStore(directory.resolve("one")).begin();
        new GrowingStore(directory.resolve("deep").resolve("two")).begin();
        Files.createDirectories(directory.resolve("three"));
        JsonNode first = listen().next();
        assertThat(first.at("/set/view/runs")).hasSize(2);
        assertThat(first.toString()).contains("deep/two").contains("/one\"");
    }

    @Test
    void pagesThatDoNotReadAreCutOffAndBlockNobody() throws Exception {
        // Enough to fill the buffers of a connection.
        GrowingStore store = new GrowingStore(directory).begin("digits", 15_000);
        try (Socket idle = new Socket()) {
            idle.setReceiveBufferSize(4096);
            idle.connect(new InetSocketAddress(
                    InetAddress.getLoopbackAddress(), server.address().getPort()));
            idle.getOutputStream()
                    .write("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            Listener page = listen();
            page.next("r0/plan");
            store.beginLevel(GrowingStore.key(0, 0), 0);
            page.next("r0/0");
            for (int i = 0; server.open() > 1 && i < 1000; i++) {
                Thread.sleep(20);
            }
            assertThat(server.open()).as("pages that are served").isEqualTo(1);
        }
    }

    @Test
    void noMoreThanSoManyPagesAreServed() throws Exception {
        for (int i = 0; i < WatchServer.MOST_STREAMS; i++) {
            listen();
        }
        HttpResponse<String> answer = get("/events");
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).contains("15");
        assertThat(get("/").statusCode()).isEqualTo(200);
    }

    @Test
    void aPortThatIsTakenIsRefusedInOneSentence() {
        int port = server.address().getPort();
        assertThatThrownBy(() -> WatchServer.start(directory, Optional.of(port)))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("port " + port + " cannot be had")
                .hasMessageContaining("--port");
    }

    @Test
    void withoutAPortAnyIsTakenWhenTheUsualOneIsNot() throws Exception {
        try (WatchServer first = WatchServer.start(directory, Optional.empty());
                WatchServer second = WatchServer.start(directory, Optional.empty())) {
            assertThat(second.address()).isNotEqualTo(first.address());
            HttpResponse<String> answer =
                    client.send(HttpRequest.newBuilder(second.address()).build(), BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(200);
        }
    }

    @Test
    void endsAtOnceAndGivesThePortFree() throws Exception {
        Listener page = listen();
        page.next();
        int port = server.address().getPort();
        long began = System.nanoTime();
        server.close();
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
        assertThatThrownBy(page::next).isInstanceOf(IOException.class);
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            assertThat(socket.isBound()).isTrue();
        }
    }

    @Test
    void theAddressIsThatOfThePage() {
        assertThat(server.address())
                .isEqualTo(URI.create("http://127.0.0.1:" + server.address().getPort() + "/"));
    }
}
