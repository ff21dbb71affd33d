package org.espalier.lab.runner;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A search's directory as digests by file, without the files that tell of machine and time. */
final class Trees {
    private Trees() {}

    static Map<String, String> digests(Path directory) throws Exception {
        Map<String, String> digests = new TreeMap<>();
        try (var files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = directory.relativize(file).toString();
                if (!Set.of("provenance.json", "timings.jsonl", "lock").contains(name)) {
                    digests.put(name, digest(file));
                }
            }
        }
        return digests;
    }

    private static String digest(Path file) throws Exception {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (IOException e) {
            throw new IOException(file.toString(), e);
        }
    }
}
