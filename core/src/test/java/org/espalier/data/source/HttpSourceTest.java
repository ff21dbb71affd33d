package org.espalier.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.espalier.UserException;
import org.espalier.data.DataFile;
import org.espalier.data.SmallDataSet;
import org.espalier.data.catalogue.DataSets;
import org.espalier.data.catalogue.FoundDataSet;
import org.espalier.fixtures.IdxBytes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Downloads from a server on this machine that behaves as badly as it is told to. */
@Timeout(120)
class HttpSourceTest {
    /** For tests of anything but slowness, so that none fails because the machine is busy. */
    private static final TimeLimits PATIENT =
            new TimeLimits(Duration.ofSeconds(30), Duration.ofSeconds(30), 1, Duration.ofSeconds(60));

    private static final TimeLimits NO_STALLS =
            new TimeLimits(Duration.ofSeconds(30), Duration.ofSeconds(2), 1000, Duration.ofSeconds(60));
    private static final TimeLimits SHORT_IN_ALL =
            new TimeLimits(Duration.ofSeconds(30), Duration.ofSeconds(30), 1, Duration.ofMillis(1500));

    @TempDir
    Path cache;

    private final SmallDataSet.Recorded heard = new SmallDataSet.Recorded();
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private HttpServer server;
    private ExecutorService threads;

    private interface Answer {
        void to(HttpExchange exchange) throws IOException, InterruptedException;
    }

    @BeforeEach
    void start() throws IOException {
        threads = Executors.newVirtualThreadPerTaskExecutor();
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/data/", exchange -> {
            String name =
                    Path.of(exchange.getRequestURI().getPath()).getFileName().toString();
            asked.add(name);
            try (exchange) {
                answers.getOrDefault(name, gone -> gone.sendResponseHeaders(404, -1))
                        .to(exchange);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        server.start();
        SmallDataSet.FILES.forEach((file, bytes) -> answers.put(file.fileName() + ".gz", whole(IdxBytes.gzip(bytes))));
    }

    @AfterEach
    void stop() {
        over.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    @Test
    void allFourFilesAreFetchedCheckedAndKept() {
        FoundDataSet found = fetch();
        assertThat(found.dataSet().train().labels()).containsExactly(0, 1, 2, 2, 1, 0);
        assertThat(found.directory()).contains(cache.resolve("small"));
        assertThat(kept())
                .containsExactlyInAnyOrder(
                        "train-images-idx3-ubyte.gz",
                        "train-labels-idx1-ubyte.gz",
                        "t10k-images-idx3-ubyte.gz",
                        "t10k-labels-idx1-ubyte.gz");
        assertThat(heard.tried).hasSize(1);
        assertThat(heard.failures).isEmpty();
        assertThat(heard.ended).hasSize(4);
        fetch();
        assertThat(asked).as("the second time the cache has them").hasSize(4);
    }

    @Test
    void filesThatArrivedBeforeAFailureAreNotFetchedAgain() {
        Answer good = answers.remove("t10k-images-idx3-ubyte.gz");
        assertFails("expected HTTP status 200, found 404");
        assertThat(kept()).containsExactlyInAnyOrder("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz");
        answers.put("t10k-images-idx3-ubyte.gz", good);
        asked.clear();
        fetch();
        assertThat(asked).containsExactly("t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz");
    }

    @Test
    void aWrongFileInTheCacheIsReplaced() throws IOException {
        Path wrong = Files.createDirectories(cache.resolve("small")).resolve("train-images-idx3-ubyte");
        Files.write(wrong, IdxBytes.images(1, 2, 3));
        fetch();
        assertThat(wrong).doesNotExist();
        assertThat(kept()).hasSize(4);
    }

    @Test
    void aFileWithTheWrongDigestIsRefusedAndNotKept() {
        answers.put("train-images-idx3-ubyte.gz", whole(IdxBytes.gzip(IdxBytes.images(6, 3, 2))));
        assertFails("/data/train-images-idx3-ubyte.gz is not the train-images-idx3-ubyte of small: expected SHA-256");
        assertThat(kept()).isEmpty();
    }

    @Test
    void aPageInsteadOfAFileIsRefused() {
        answers.put("train-images-idx3-ubyte.gz", whole("<html>Sign in</html>".getBytes(StandardCharsets.UTF_8)));
        assertFails("is not an IDX image file: expected magic number 0x00000803, found 0x3c68746d");
        assertThat(kept()).isEmpty();
    }

    @Test
    void aCacheThatCannotBeWrittenEndsTheSearchAtOnce() throws IOException {
        Files.createFile(cache.resolve("small"));
        HttpSource source = new HttpSource(base(), PATIENT);
        DataSets dataSets = new DataSets(List.of(SmallDataSet.from(source, source)), cache);
        assertThatThrownBy(() -> dataSets.find("small", Optional.empty(), heard))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith(cache.resolve("small") + " cannot be written");
        assertThat(heard.tried).hasSize(1);
        assertThat(asked).isEmpty();
    }

    @Test
    void aServerErrorIsTold() {
        answers.put("train-images-idx3-ubyte.gz", exchange -> exchange.sendResponseHeaders(503, -1));
        assertFails("expected HTTP status 200, found 503");
    }

    @Test
    void aBodyThatBreaksOffIsRefused() {
        byte[] bytes = IdxBytes.gzip(SmallDataSet.FILES.get(DataFile.TRAIN_IMAGES));
        answers.put("train-images-idx3-ubyte.gz", exchange -> {
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes, 0, bytes.length / 2);
            exchange.getResponseBody().flush();
        });
        assertFails("broke off");
        assertThat(kept()).isEmpty();
    }

    @Test
    void aTruncatedFileIsRefused() {
        byte[] bytes = IdxBytes.gzip(SmallDataSet.FILES.get(DataFile.TRAIN_IMAGES));
        answers.put("train-images-idx3-ubyte.gz", whole(Arrays.copyOf(bytes, bytes.length / 2)));
        assertFails("is truncated");
        assertThat(kept()).isEmpty();
    }

    @Test
    void anAnnouncedLengthThatIsFarTooLongIsRefusedAtOnce() {
        answers.put("train-images-idx3-ubyte.gz", exchange -> {
            exchange.sendResponseHeaders(200, 5L << 30);
            exchange.getResponseBody().write(new byte[1]);
            exchange.getResponseBody().flush();
            over.await();
        });
        assertFails("is too long: expected at most 67108864 bytes, found 5368709120");
    }

    @Test
    void aBodyWithoutEndIsRefused() {
        byte[] chunk = new byte[1 << 20];
        answers.put("train-images-idx3-ubyte.gz", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            OutputStream out = exchange.getResponseBody();
            for (int i = 0; i < 200; i++) {
                out.write(chunk);
            }
        });
        assertThatThrownBy(this::fetch).isInstanceOf(UserException.class);
        assertThat(heard.failures).singleElement().asString().contains("is too long", "found more");
        assertThat(kept()).isEmpty();
    }

    @Test
    void aServerThatNeverAnswersIsGivenUp() {
        answers.put("train-images-idx3-ubyte.gz", exchange -> over.await());
        assertFails(NO_STALLS, "is too slow: expected at least 1000 bytes in 2 s, found 0");
    }

    @Test
    void aBodyThatStallsIsGivenUp() {
        answers.put("train-images-idx3-ubyte.gz", exchange -> {
            exchange.sendResponseHeaders(200, 10_000);
            exchange.getResponseBody().write(new byte[50]);
            exchange.getResponseBody().flush();
            over.await();
        });
        assertFails(NO_STALLS, "is too slow: expected at least 1000 bytes in 2 s, found 50");
        assertThat(kept()).isEmpty();
    }

    @Test
    void aSlowDripIsGivenUpThoughItNeverStalls() {
        answers.put("train-images-idx3-ubyte.gz", dripping(1));
        assertFails(NO_STALLS, "is too slow: expected at least 1000 bytes in 2 s");
    }

    @Test
    void aTransferThatTakesTooLongInAllIsGivenUp() {
        answers.put("train-images-idx3-ubyte.gz", dripping(2000));
        assertFails(SHORT_IN_ALL, "is too slow: expected the whole file within 1500 ms");
    }

    @Test
    void aRefusedConnectionIsTold() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        KnownDataSet set = SmallDataSet.from(
                new HttpSource(URI.create("http://localhost:" + free + "/data/"), TimeLimits.STANDARD));
        assertThatThrownBy(() -> new DataSets(List.of(set), cache).find("small", Optional.empty(), heard))
                .isInstanceOf(UserException.class);
        assertThat(heard.failures).singleElement().asString().endsWith("no connection to localhost:" + free);
    }

    @Test
    void redirectionsAreFollowed() {
        Answer good = answers.remove("train-images-idx3-ubyte.gz");
        answers.put("elsewhere", good);
        answers.put("train-images-idx3-ubyte.gz", exchange -> {
            exchange.getResponseHeaders().add("Location", "/data/elsewhere");
            exchange.sendResponseHeaders(302, -1);
        });
        fetch();
        assertThat(kept()).hasSize(4);
    }

    @Test
    void anAddressMustBeADirectory() {
        assertThatThrownBy(() -> new HttpSource(URI.create("https://example.org/data"), PATIENT))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private Answer dripping(int bytesAtOnce) {
        return exchange -> {
            exchange.sendResponseHeaders(200, 1 << 20);
            while (!over.await(50, TimeUnit.MILLISECONDS)) {
                exchange.getResponseBody().write(new byte[bytesAtOnce]);
                exchange.getResponseBody().flush();
            }
        };
    }

    private static Answer whole(byte[] bytes) {
        return exchange -> {
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
        };
    }

    private void assertFails(String reason) {
        assertFails(PATIENT, reason);
    }

    private void assertFails(TimeLimits limits, String reason) {
        assertThatThrownBy(() -> fetch(limits))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(reason);
        assertThat(heard.failures).anySatisfy(failure -> assertThat(failure).contains(reason));
    }

    private FoundDataSet fetch() {
        return fetch(PATIENT);
    }

    private FoundDataSet fetch(TimeLimits limits) {
        return new DataSets(List.of(SmallDataSet.from(new HttpSource(base(), limits))), cache)
                .find("small", Optional.empty(), heard);
    }

    private URI base() {
        return URI.create("http://localhost:" + server.getAddress().getPort() + "/data/");
    }

    private List<String> kept() {
        Path directory = cache.resolve("small");
        if (!Files.exists(directory)) {
            return List.of();
        }
        try (var files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
