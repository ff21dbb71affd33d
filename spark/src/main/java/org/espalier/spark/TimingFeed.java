package org.espalier.spark;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.UserException;
import org.espalier.lab.cluster.GrowingLines;
import org.espalier.lab.cluster.SharedFiles;
import org.espalier.lab.store.Store;
import org.espalier.lab.store.Timing;

/** The lines about times that workers add to a shared store from now on. They tell how far each level is. */
final class TimingFeed {
    private static final String PARTS = HadoopFiles.PARTS + "/" + Store.TIMINGS;

    private final SharedFiles files;
    private final Optional<GrowingLines> whole; // lines of a folder
    private final Optional<Path> copy;
    private final Map<String, Seen> seen = new HashMap<>(); // by name of a part

    /** How much of a part was read, and when it was written. */
    private record Seen(Instant modified, int bytes) {}

    /**
     * A feed.
     *
     * @param folder the store, if it is a folder
     * @param copy where the lines are kept too, if the store is apart from the search's directory
     */
    TimingFeed(SharedFiles files, Optional<Path> folder, Optional<Path> copy) {
        this.files = files;
        this.whole = folder.map(path -> new GrowingLines(path.resolve(Store.TIMINGS)));
        this.copy = copy;
        take(); // what was there before
    }

    /** New lines since the last call. */
    List<Timing> poll() {
        List<Timing> timings = new ArrayList<>();
        for (byte[] lines : take()) {
            copy.ifPresent(file -> {
                try {
                    Files.write(file, lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                } catch (IOException e) {
                    // These lines serve people only.
                }
            });
            new String(lines, StandardCharsets.UTF_8)
                    .lines()
                    .forEach(line -> Timing.read(line).ifPresent(timings::add));
        }
        return timings;
    }

    /** Deletes the parts, once no worker adds to them. */
    void clear() {
        if (whole.isEmpty()) {
            files.list(PARTS).forEach(part -> files.delete(PARTS + "/" + part.name()));
        }
    }

    private List<byte[]> take() {
        try {
            return whole.isPresent() ? List.of(whole.get().take()) : parts();
        } catch (UserException e) {
            return List.of(); // the next look may succeed
        }
    }

    private List<byte[]> parts() {
        List<byte[]> lines = new ArrayList<>();
        for (SharedFiles.Entry part : files.list(PARTS)) {
            Seen before = seen.getOrDefault(part.name(), new Seen(Instant.MIN, 0));
            if (!part.modified().equals(before.modified())) {
                files.read(PARTS + "/" + part.name()).ifPresent(content -> {
                    lines.add(Arrays.copyOfRange(content, Math.min(before.bytes(), content.length), content.length));
                    seen.put(part.name(), new Seen(part.modified(), content.length));
                });
            }
        }
        return lines;
    }
}
