package org.espalier.data.source;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.Map;
import org.espalier.data.DataProgress;
import org.espalier.data.file.Content;

/**
 * The publisher's mirror on the web. Each file goes to a temporary one in the target directory, is checked there,
 * and takes its name only if it is the published one; files that are there already are not fetched again.
 *
 * @param base address of the directory that holds the files, ending in a slash; files there end in {@code .gz}
 */
record HttpSource(URI base, TimeLimits limits) implements DataSource {
    HttpSource {
        if (!base.getPath().endsWith("/")) {
            throw new IllegalArgumentException("expected an address that ends in a slash, got " + base);
        }
    }

    @Override
    public String describe() {
        return base.toString();
    }

    @Override
    public boolean isLocal() {
        return false;
    }

    @Override
    public Map<String, Content> obtain(KnownDataSet set, DataDirectory target, DataProgress progress)
            throws SourceException {
        progress.trying(set.name(), describe());
        HttpClient client = HttpClient.newBuilder()
                .connectTimeout(limits.connect())
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build();
        try {
            for (String file : set.format().files()) {
                if (!target.has(set, file)) {
                    fetch(client, set, file, target, progress);
                }
            }
        } finally {
            // close() would wait for a transfer that was given up.
            client.shutdownNow();
        }
        return target.files(set.format());
    }

    private void fetch(HttpClient client, KnownDataSet set, String file, DataDirectory target, DataProgress progress)
            throws SourceException {
        URI address = base.resolve(file + ".gz");
        Path part = target.newPart(file);
        try {
            new Transfer(client, address, limits).to(part, file, progress);
            target.keepIfRight(set, file, part, address.toString());
        } catch (IOException e) {
            throw target.notWritable(e);
        } finally {
            DataDirectory.discard(part);
        }
    }
}
