package org.espalier.campaigns;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Compares directories by the digests of their files. */
public final class Trees {
    /** Files that hold times, the machine or process numbers, and so differ between runs that are equal. */
    private static final Set<String> VOLATILE = Set.of("provenance.json", "timings.jsonl", "seconds.json", "lock");

    private Trees() {}

    /** SHA-256 by path of all files that do not hold times or provenance, and that are not hidden. */
    public static Map<String, String> digests(Path directory) throws IOException {
        Map<String, String> digests = new TreeMap<>();
        if (!Files.exists(directory)) {
            return digests;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = String.valueOf(file.getFileName());
                if (!VOLATILE.contains(name) && !name.startsWith(".")) {
                    digests.put(directory.relativize(file).toString(), sha256(Files.readAllBytes(file)));
                }
            }
        }
        return digests;
    }

    /** Files that differ, in words; empty if the directories are equal. */
    public static List<String> differences(Map<String, String> expected, Map<String, String> found) {
        List<String> differences = new ArrayList<>();
        Set<String> names = new TreeSet<>(expected.keySet());
        names.addAll(found.keySet());
        for (String name : names) {
            if (!found.containsKey(name)) {
                differences.add(name + " is missing");
            } else if (!expected.containsKey(name)) {
                differences.add(name + " is left over");
            } else if (!Objects.equals(expected.get(name), found.get(name))) {
                differences.add(name + " differs");
            }
        }
        return differences;
    }

    /** Copies a directory and all in it. */
    public static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    /** Deletes a directory and all in it. */
    public static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.toList().reversed()) {
                Files.delete(file);
            }
        }
    }

    private static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
