package org.espalier.campaigns.fuzz;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpPrincipal;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsServer;
import com.sun.net.httpserver.spi.HttpServerProvider;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import org.espalier.campaigns.disk.SimulatedDisk;
import org.espalier.report.watch.WatchServer;
import org.jspecify.annotations.Nullable;

/**
 * Requests to the live page, as text. The JDK's server is replaced by one in memory that hands each request to the page's
 * handler. Every answer has a status that the page knows, and only a request for this machine gets content.
 */
final class HttpReader implements FuzzTarget.Reader {
    private final HttpHandler handler;

    HttpReader() {
        System.setProperty("com.sun.net.httpserver.HttpServerProvider", MemoryProvider.class.getName());
        Path nowhere = new SimulatedDisk().rootDirectory().resolve("nothing");
        WatchServer.start(nowhere, Optional.of(0));
        handler = MemoryServer.handler;
    }

    @Override
    public void read(byte[] input) throws IOException {
        Exchange exchange;
        try {
            exchange = Exchange.parse(new String(input, StandardCharsets.ISO_8859_1));
        } catch (URISyntaxException e) {
            return; // refused by the JDK's server before the page sees it
        }
        try {
            handler.handle(exchange);
        } catch (HungUpException e) {
            // The stream of events ends when its reader does.
        }
        if (!Set.of(200, 403, 404, 405, 503).contains(exchange.status)) {
            throw new AssertionError("status " + exchange.status);
        }
        List<String> hosts = exchange.requestHeaders.getOrDefault("Host", List.of());
        if (exchange.status != 403
                && (hosts.size() != 1
                        || !hosts.getFirst().toLowerCase(java.util.Locale.ROOT).startsWith("localhost")
                                && !hosts.getFirst().startsWith("127.0.0.1"))) {
            throw new AssertionError("answered a request for " + hosts);
        }
        if (exchange.status == 200 && !Set.of("GET", "HEAD").contains(exchange.method)) {
            throw new AssertionError("answered " + exchange.method);
        }
    }

    @Override
    public List<byte[]> seeds() {
        return List.of(
                bytes("GET / HTTP/1.1\nHost: localhost:8017\n"),
                bytes("HEAD /watch.js HTTP/1.1\nHost: 127.0.0.1\nOrigin: http://127.0.0.1\n"),
                bytes("GET /events HTTP/1.1\nHost: localhost\nLast-Event-ID: abc-12\nSec-Fetch-Site: cross-site\n"
                        + "Sec-Fetch-Mode: navigate\n"),
                bytes("POST /%2e%2e/x?y#z HTTP/1.1\nHost: example.org\n"));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The reader of an answer went away. */
    private static final class HungUpException extends IOException {
        HungUpException() {
            super("hung up");
        }
    }

    /** One request and its answer. */
    private static final class Exchange extends HttpExchange {
        final String method;
        final URI uri;
        final Headers requestHeaders = new Headers();
        final Headers responseHeaders = new Headers();
        int status = -1;
        long length = -1;

        Exchange(String method, URI uri) {
            this.method = method;
            this.uri = uri;
        }

        /** Splits lines as the JDK's server does: method, path, version; then names and values. */
        static Exchange parse(String text) throws URISyntaxException {
            String[] lines = text.split("\r?\n", -1);
            String[] words = lines[0].split(" ", 3);
            if (words.length < 2) {
                throw new URISyntaxException(lines[0], "no path");
            }
            URI uri = new URI(words[1]);
            if (uri.getPath() == null) {
                throw new URISyntaxException(words[1], "no path"); // the JDK finds no handler for it
            }
            Exchange exchange = new Exchange(words[0], uri);
            for (int i = 1; i < lines.length; i++) {
                int colon = lines[i].indexOf(':');
                if (colon > 0) {
                    try {
                        exchange.requestHeaders.add(
                                lines[i].substring(0, colon),
                                lines[i].substring(colon + 1).strip());
                    } catch (IllegalArgumentException e) {
                        throw new URISyntaxException(lines[i], "no header");
                    }
                }
            }
            return exchange;
        }

        @Override
        public Headers getRequestHeaders() {
            return requestHeaders;
        }

        @Override
        public Headers getResponseHeaders() {
            return responseHeaders;
        }

        @Override
        public URI getRequestURI() {
            return uri;
        }

        @Override
        public String getRequestMethod() {
            return method;
        }

        @Override
        public void sendResponseHeaders(int code, long bytes) {
            status = code;
            length = bytes;
        }

        @Override
        public OutputStream getResponseBody() {
            return new OutputStream() {
                @Override
                public void write(int b) throws IOException {
                    throw new HungUpException();
                }

                @Override
                public void write(byte[] bytes, int offset, int count) throws IOException {
                    if (length == 0) { // a stream without an end
                        throw new HungUpException();
                    }
                }
            };
        }

        @Override
        public InputStream getRequestBody() {
            return new ByteArrayInputStream(new byte[0]);
        }

        @Override
        public int getResponseCode() {
            return status;
        }

        @Override
        public HttpContext getHttpContext() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {
            // Nothing is open.
        }

        @Override
        public InetSocketAddress getRemoteAddress() {
            return new InetSocketAddress("127.0.0.1", 1);
        }

        @Override
        public InetSocketAddress getLocalAddress() {
            return new InetSocketAddress("127.0.0.1", 2);
        }

        @Override
        public String getProtocol() {
            return "HTTP/1.1";
        }

        @Override
        public @Nullable Object getAttribute(String name) {
            return null;
        }

        @Override
        public void setAttribute(String name, Object value) {}

        @Override
        public void setStreams(InputStream in, OutputStream out) {}

        @Override
        public @Nullable HttpPrincipal getPrincipal() {
            return null;
        }
    }

    /** Found by the JDK through a system property. */
    public static final class MemoryProvider extends HttpServerProvider {
        @Override
        public HttpServer createHttpServer(InetSocketAddress address, int backlog) {
            return new MemoryServer();
        }

        @Override
        public HttpsServer createHttpsServer(InetSocketAddress address, int backlog) {
            throw new UnsupportedOperationException();
        }
    }

    private static final class MemoryServer extends HttpServer {
        static @Nullable HttpHandler handler;

        @Override
        public HttpContext createContext(String path, HttpHandler given) {
            handler = given;
            return null;
        }

        @Override
        public HttpContext createContext(String path) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void removeContext(String path) {}

        @Override
        public void removeContext(HttpContext context) {}

        @Override
        public void bind(InetSocketAddress address, int backlog) {}

        @Override
        public void start() {}

        @Override
        public void setExecutor(Executor executor) {}

        @Override
        public @Nullable Executor getExecutor() {
            return null;
        }

        @Override
        public void stop(int delay) {}

        @Override
        public InetSocketAddress getAddress() {
            return new InetSocketAddress("127.0.0.1", 3);
        }
    }
}
