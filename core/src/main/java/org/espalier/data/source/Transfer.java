package org.espalier.data.source;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.espalier.data.DataProgress;

/**
 * One file fetched over HTTP, within time limits that hold for the body too (the HTTP client's own end at the
 * headers).
 */
record Transfer(HttpClient client, URI address, TimeLimits limits) {
    // No published file is nearly as large, compressed or not: a server that sends more is sending something else.
    private static final long MOST_BYTES = 64L << 20;

    /**
     * Writes the body to a file.
     *
     * @param name to report progress under
     * @throws SourceException if the server fails, answers anything but 200, sends too much or is too slow
     * @throws IOException if the file cannot be written
     */
    void to(Path file, String name, DataProgress progress) throws SourceException, IOException {
        HttpRequest request = HttpRequest.newBuilder(address).GET().build();
        try (FileBody body = new FileBody(file, MOST_BYTES)) {
            CompletableFuture<HttpResponse<Void>> answer = client.sendAsync(request, body::accept);
            try {
                await(answer, body, name, progress);
            } catch (ExecutionException e) {
                throw failure(e.getCause() == null ? e : e.getCause());
            } finally {
                answer.cancel(true);
                progress.transferEnded(name);
            }
        }
    }

    private void await(CompletableFuture<?> answer, FileBody body, String name, DataProgress progress)
            throws SourceException, ExecutionException {
        long started = System.nanoTime();
        long windowStarted = started;
        long windowBytes = 0;
        while (true) {
            try {
                answer.get(100, TimeUnit.MILLISECONDS);
                return;
            } catch (TimeoutException stillRunning) {
                long now = System.nanoTime();
                long bytes = body.bytes();
                progress.transferred(name, bytes, body.expected());
                if (now - started > limits.total().toNanos()) {
                    throw tooSlow(bytes, limits.total());
                }
                if (bytes - windowBytes >= limits.bytesPerStall()) {
                    windowStarted = now;
                    windowBytes = bytes;
                } else if (now - windowStarted > limits.stall().toNanos()) {
                    throw tooSlow(bytes - windowBytes, limits.stall());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw SourceException.failed(address + " was interrupted");
            }
        }
    }

    private SourceException tooSlow(long bytes, Duration time) {
        return time.equals(limits.total())
                ? SourceException.failed(address + " is too slow: expected the whole file within "
                        + TimeLimits.text(time) + ", found " + bytes + " bytes")
                : SourceException.failed(address + " is too slow: expected at least " + limits.bytesPerStall()
                        + " bytes in " + TimeLimits.text(time) + ", found " + bytes);
    }

    private SourceException failure(Throwable cause) throws IOException {
        return switch (cause) {
            case FileBody.NotWritten e -> throw e;
            case FileBody.Refused e -> SourceException.failed(address + " " + e.getMessage());
            case HttpConnectTimeoutException e ->
                SourceException.failed(
                        "no connection to " + address.getAuthority() + " within " + TimeLimits.text(limits.connect()));
            // An unknown host comes as a connect exception without a message.
            case ConnectException e -> SourceException.failed("no connection to " + address.getAuthority());
            case IOException e -> SourceException.failed(address + " broke off: " + Reasons.of(e));
            default -> SourceException.failed(address + " failed: " + cause);
        };
    }
}
