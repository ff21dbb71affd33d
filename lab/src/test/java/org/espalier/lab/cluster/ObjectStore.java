package org.espalier.lab.cluster;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * A store as object stores are: whole files are put, none is renamed, none grows, there are no folders. Its clock is given. It
 * counts what is asked of it.
 */
final class ObjectStore implements SharedFiles {
    private record Stored(byte[] content, Instant modified) {}

    private final Map<String, Stored> objects = new ConcurrentHashMap<>();
    final AtomicLong operations = new AtomicLong();
    volatile Duration offset = Duration.ZERO; // of its clock

    /** Takes all files of a folder. */
    void load(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                put(folder.relativize(file).toString(), Files.readAllBytes(file));
            }
        }
    }

    /** Writes all files to a folder. */
    void dump(Path folder) throws IOException {
        for (Map.Entry<String, Stored> object : objects.entrySet()) {
            Path file = folder.resolve(object.getKey());
            Files.createDirectories(file.getParent());
            Files.write(file, object.getValue().content());
        }
    }

    /** Names of all files. */
    List<String> all() {
        return objects.keySet().stream().sorted().toList();
    }

    private Stored stored(byte[] content) {
        return new Stored(content.clone(), Instant.now().plus(offset));
    }

    @Override
    public boolean exists(String name) {
        operations.incrementAndGet();
        return objects.containsKey(name);
    }

    @Override
    public Optional<byte[]> read(String name) {
        operations.incrementAndGet();
        return Optional.ofNullable(objects.get(name)).map(Stored::content).map(byte[]::clone);
    }

    @Override
    public boolean fetch(String name, Path to) {
        Optional<byte[]> content = read(name);
        content.ifPresent(bytes -> {
            try {
                Files.createDirectories(to.toAbsolutePath().getParent());
                Files.write(to, bytes);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        return content.isPresent();
    }

    @Override
    public void put(String name, byte[] content) {
        operations.incrementAndGet();
        objects.put(name, stored(content));
    }

    @Override
    public void put(String name, Path from) {
        try {
            put(name, Files.readAllBytes(from));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public boolean create(String name, byte[] content) {
        operations.incrementAndGet();
        return objects.putIfAbsent(name, stored(content)) == null;
    }

    @Override
    public void delete(String name) {
        operations.incrementAndGet();
        objects.remove(name);
    }

    @Override
    public List<Entry> list(String folder) {
        operations.incrementAndGet();
        String prefix = folder + "/";
        return objects.entrySet().stream()
                .filter(object -> object.getKey().startsWith(prefix))
                .map(object -> new Entry(
                        object.getKey().substring(prefix.length()).replaceFirst("/.*", ""),
                        object.getValue().modified()))
                .toList();
    }

    @Override
    public Optional<Instant> modified(String name) {
        operations.incrementAndGet();
        return Optional.ofNullable(objects.get(name)).map(Stored::modified);
    }

    @Override
    public void append(String name, String writer, byte[] lines) {
        objects.merge(name + "." + writer, stored(lines), (before, more) -> {
            ByteArrayOutputStream both = new ByteArrayOutputStream();
            both.writeBytes(before.content());
            both.writeBytes(more.content());
            return stored(both.toByteArray());
        });
    }

    @Override
    public String describe() {
        return "objects";
    }
}
