package org.espalier.data.source;

import java.io.Closeable;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** Writes the body of an answer to a file, counting as it goes; refuses an answer other than 200 and too many bytes. */
final class FileBody implements HttpResponse.BodySubscriber<Void>, Closeable {
    /** The answer is not the file. The message follows the address in a sentence. */
    static final class Refused extends IOException {
        private static final long serialVersionUID = 1L;

        Refused(String message) {
            super(message);
        }
    }

    /** The file could not be written. */
    static final class NotWritten extends IOException {
        private static final long serialVersionUID = 1L;

        NotWritten(IOException cause) {
            super(Reasons.of(cause), cause);
        }
    }

    private final FileChannel file;
    private final long mostBytes;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private volatile long bytes;
    private volatile long expected = -1;
    private Flow.@Nullable Subscription subscription;

    FileBody(Path file, long mostBytes) throws IOException {
        this.file = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
        this.mostBytes = mostBytes;
    }

    /** Looks at the head of the answer; the body is given up at once if it is not the file. */
    HttpResponse.BodySubscriber<Void> accept(HttpResponse.ResponseInfo head) {
        expected = head.headers().firstValueAsLong("Content-Length").orElse(-1);
        if (head.statusCode() != 200) {
            done.completeExceptionally(
                    new Refused("is not there: expected HTTP status 200, found " + head.statusCode()));
        } else if (expected > mostBytes) {
            done.completeExceptionally(tooLong(expected + ""));
        }
        return this;
    }

    /** Bytes written so far. */
    long bytes() {
        return bytes;
    }

    /** Bytes that the server announced, or -1. */
    long expected() {
        return expected;
    }

    @Override
    public CompletionStage<Void> getBody() {
        return done;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        this.subscription = subscription;
        if (done.isDone()) {
            subscription.cancel();
        } else {
            subscription.request(1);
        }
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        Flow.Subscription running = subscription;
        if (running == null || done.isDone()) {
            return;
        }
        try {
            for (ByteBuffer buffer : buffers) {
                while (buffer.hasRemaining()) {
                    bytes += file.write(buffer);
                }
            }
            if (bytes > mostBytes) {
                throw tooLong("more");
            }
            running.request(1);
        } catch (Refused e) {
            running.cancel();
            done.completeExceptionally(e);
        } catch (IOException e) {
            running.cancel();
            done.completeExceptionally(new NotWritten(e));
        }
    }

    @Override
    public void onError(Throwable cause) {
        done.completeExceptionally(cause);
    }

    @Override
    public void onComplete() {
        done.complete(null);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    private Refused tooLong(String found) {
        return new Refused("is too long: expected at most " + mostBytes + " bytes, found " + found);
    }
}
