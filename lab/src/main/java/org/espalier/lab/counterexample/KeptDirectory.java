package org.espalier.lab.counterexample;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.espalier.UserException;
import org.espalier.data.Digests;
import org.espalier.lab.file.AtomicFiles;
import org.espalier.lab.file.Json;
import tools.jackson.databind.JsonNode;

/**
 * Where adversarial examples are kept: {@code examples.npz} and, written last, {@code kept.json}, which names what they are of and their
 * digest. Pictures may stand beside them.
 *
 * @param path the directory
 */
public record KeptDirectory(Path path) {
    /** Name of such a directory within an evaluation's or a certificate's. */
    public static final String NAME = "kept";

    /** File name of the examples. */
    public static final String EXAMPLES = "examples.npz";

    private static final String MANIFEST = "kept.json";
    private static final int FORMAT = 1;

    /** Digits of a network's digest in names of directories. */
    private static final int DIGITS = 12;

    /**
     * The directory of one result's examples.
     *
     * @param chosen by the user, for the directories of several results; empty for one within the result's own
     * @param result the evaluation's or certificate's directory
     * @param network digest of the network
     * @param id of the evaluation or certificate among those of the network
     */
    public static KeptDirectory of(Path chosen, Path result, String network, String id) {
        return new KeptDirectory(
                chosen.toString().isEmpty()
                        ? result.resolve(NAME)
                        : chosen.resolve(network.substring(0, DIGITS) + "-" + id));
    }

    /** The file of the examples. */
    public Path file() {
        return path.resolve(EXAMPLES);
    }

    /** Whether all examples of an evaluation or certificate are here. */
    public boolean holds(String id) {
        try {
            return Files.exists(path.resolve(MANIFEST)) && found().of().equals(id);
        } catch (UserException e) {
            return false; // it is made again
        }
    }

    /** Whether any examples are here. */
    public boolean exists() {
        return Files.exists(path.resolve(MANIFEST));
    }

    /** The evaluation or certificate that the examples are of, and the bytes of their file. */
    private record Found(String of, byte[] examples) {}

    /** Reads both files, each once; the digest has been checked. */
    private Found found() {
        Path file = path.resolve(MANIFEST);
        String source = file.toString();
        JsonNode manifest = Json.parse(AtomicFiles.read(file), source);
        if (Json.whole(manifest, "format", source) != FORMAT) {
            throw new UserException(source + " has format " + manifest.path("format") + ", expected " + FORMAT
                    + ": it was written by another version of Espalier");
        }
        byte[] examples =
                AtomicFiles.read(file(), Json.string(Json.object(manifest, "files", source), EXAMPLES, source));
        return new Found(Json.string(manifest, "of", source), examples);
    }

    /**
     * Writes the examples, whole or not at all.
     *
     * @param of name of the evaluation or certificate
     * @param about more members of {@code kept.json}
     */
    public void write(String of, KeptExamples kept, Map<String, Object> about) {
        AtomicFiles.makeDirectory(path);
        byte[] content = KeptFile.encode(kept);
        AtomicFiles.write(file(), content);
        Map<String, Object> manifest = new LinkedHashMap<>();
        manifest.put("format", FORMAT);
        manifest.put("of", of);
        manifest.putAll(about);
        Map<String, Object> attacks = new LinkedHashMap<>();
        kept.byAttack().forEach((attack, rows) -> attacks.put(attack, rows.size()));
        manifest.put("examples", attacks);
        manifest.put("images", kept.images());
        manifest.put("files", Map.of(EXAMPLES, Digests.sha256(content)));
        AtomicFiles.write(path.resolve(MANIFEST), (Json.write(manifest) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Reads the examples.
     *
     * @throws UserException if they are missing or damaged
     */
    public KeptExamples read() {
        return KeptFile.decode(found().examples(), file().toString());
    }
}
