package org.espalier.lab.certification;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.espalier.UserException;
import org.espalier.attack.Norm;
import org.espalier.data.Digests;
import org.espalier.lab.file.AtomicFiles;
import org.espalier.lab.file.Directories;
import org.espalier.lab.file.Json;
import org.espalier.lab.file.JsonLines;
import org.espalier.lab.store.StoreWriter;
import tools.jackson.databind.JsonNode;

/**
 * One certificate's directory. While it is in work it holds {@code work.jsonl}, a line for each image done, in any order;
 * when all are done {@code images.jsonl}, {@code seconds.json} and, last, {@code certificate.json}.
 */
final class CertificationDirectory {
    static final String CERTIFICATE = "certificate.json";
    static final String IMAGES = "images.jsonl";
    static final String SECONDS = "seconds.json";
    static final String WORK = "work.jsonl";
    private static final String PART = "part-";
    static final int FORMAT = 1;

    private final CertificationRequest request;
    private final Path directory;

    CertificationDirectory(CertificationRequest request) {
        this.request = request;
        directory = request.directory();
    }

    /** An image and the seconds that it took. */
    record Done(ImageCertificate certificate, double seconds) {}

    Path directory() {
        return directory;
    }

    /** The certificate, if it is whole. */
    Optional<Certification> whole() {
        Optional<Certification> whole = read(directory);
        whole.filter(each -> each.images().size() != request.images()).ifPresent(each -> {
            throw new UserException(directory.resolve(IMAGES) + " is damaged: "
                    + each.images().size() + " images, expected " + request.images());
        });
        return whole;
    }

    /** The certificate that a directory holds, if it is whole. */
    static Optional<Certification> read(Path directory) {
        Path file = directory.resolve(CERTIFICATE);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        String source = file.toString();
        JsonNode certificate = Json.parse(AtomicFiles.read(file), source);
        if (Json.whole(certificate, "format", source) != FORMAT) {
            throw new UserException(file + " has format " + certificate.path("format") + ", expected " + FORMAT
                    + ": it was written by another version of Espalier");
        }
        Path lines = directory.resolve(IMAGES);
        byte[] content =
                AtomicFiles.read(lines, Json.string(Json.object(certificate, "files", source), IMAGES, source));
        List<ImageCertificate> images = JsonLines.readWhole(content, lines.toString(), ImageLine::read).stream()
                .map(ImageLine::certificate)
                .toList();
        if (images.isEmpty()) {
            throw new UserException(lines + " is damaged: it has no image");
        }
        Path times = directory.resolve(SECONDS);
        // Times only; a certificate is valid without them.
        List<Double> seconds = Files.exists(times)
                ? Json.numbers(AtomicFiles.read(times), "seconds", times.toString())
                : new ArrayList<>();
        while (seconds.size() < images.size()) {
            seconds.add(0.0);
        }
        JsonNode by = Json.object(certificate, "determined-by", source);
        return Optional.of(new Certification(
                Json.string(by, "network", source),
                Json.string(by, "data", source),
                Json.string(by, "split", source),
                norm(by, source),
                (float) Json.number(by, "epsilon", source),
                Json.string(by, "method", source),
                new Certification.Limits(
                        by.has("nodes") ? OptionalInt.of(Json.whole(by, "nodes", source)) : OptionalInt.empty(),
                        by.has("seconds") ? Optional.of(Json.number(by, "seconds", source)) : Optional.empty()),
                settings(by),
                directory,
                images,
                seconds));
    }

    private static Norm norm(JsonNode by, String source) {
        String name = Json.string(by, "norm", source);
        for (Norm norm : Norm.values()) {
            if (norm.name().toLowerCase(Locale.ROOT).equals(name)) {
                return norm;
            }
        }
        throw new UserException(source + " is damaged: norm is " + name);
    }

    /** Digest of all that determines a certificate except the network. */
    private static String settings(JsonNode determinedBy) {
        Map<String, Object> settings = new TreeMap<>();
        for (Map.Entry<String, JsonNode> each : determinedBy.properties()) {
            if (!each.getKey().equals("network")) {
                settings.put(each.getKey(), each.getValue().toString());
            }
        }
        return StoreWriter.key(settings);
    }

    /** Whether a file of work is there. */
    boolean working() {
        return working(directory);
    }

    /** Whether a file of work is in a certificate's directory, of one machine or of several. */
    static boolean working(Path directory) {
        return Files.exists(directory.resolve(WORK)) || !parts(directory).isEmpty();
    }

    /** Name of the file of some images, where several machines share the work. */
    static String part(int part) {
        return PART + part + ".jsonl";
    }

    private static List<Path> parts(Path directory) {
        List<Path> parts = new ArrayList<>();
        try {
            Directories.list(directory).stream()
                    .filter(file -> String.valueOf(file.getFileName()).matches(PART + ".*\\.jsonl"))
                    .forEach(parts::add);
        } catch (IOException e) {
            return parts; // there is no directory yet
        }
        return parts;
    }

    /**
     * Images done so far, by number, also by workers that shared the work. Lines are not flushed one by one, so a power cut may
     * leave any bytes in the file: none are done then.
     */
    Map<Integer, Done> begun() {
        Map<Integer, Done> done = new TreeMap<>();
        List<Path> files = parts(directory);
        files.addFirst(directory.resolve(WORK));
        for (Path file : files) {
            try {
                if (Files.exists(file)) {
                    done.putAll(begun(AtomicFiles.read(file), file.toString()));
                }
            } catch (UserException e) {
                // Its images are made again.
            }
        }
        return done;
    }

    /** The lines of some images, as a file of work has them. */
    static byte[] lines(List<Done> images) {
        StringBuilder text = new StringBuilder();
        images.forEach(each -> text.append(each.certificate().line(each.seconds())));
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Reads lines of images.
     *
     * @throws UserException if they are damaged
     */
    static Map<Integer, Done> begun(byte[] content, String source) {
        Map<Integer, Done> done = new TreeMap<>();
        for (ImageLine line : JsonLines.readWhole(content, source, ImageLine::read)) {
            double seconds = line.seconds()
                    .orElseThrow(() -> new UserException(source + " is damaged: seconds is not a number"));
            done.put(line.certificate().image(), new Done(line.certificate(), seconds));
        }
        return done;
    }

    /** Rewrites the file of work with the finished images, which drops a torn last line. */
    void begin(Map<Integer, Done> done) {
        AtomicFiles.makeDirectory(directory);
        AtomicFiles.write(directory.resolve(WORK), lines(List.copyOf(done.values())));
    }

    /** Adds one image to the work. */
    void append(Done done) {
        Path file = directory.resolve(WORK);
        try {
            Files.writeString(file, done.certificate().line(done.seconds()), StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw AtomicFiles.unwritable(file, e);
        }
    }

    /** The certification of the finished images. */
    Certification gather(Map<Integer, Done> done) {
        return new Certification(
                request.ticket().digest(),
                request.set().digest(),
                request.split().name(),
                request.threat().norm(),
                request.epsilon(),
                request.method().toString(),
                request.method().exact()
                        ? new Certification.Limits(OptionalInt.of(request.nodes()), request.secondsPerImage())
                        : Certification.Limits.NONE,
                settings(Json.parse(json(request.determinedBy()), request.id())),
                directory,
                done.values().stream().map(Done::certificate).toList(),
                done.values().stream().map(Done::seconds).toList());
    }

    /** Makes the certificate whole. */
    void finish(Certification certification) {
        files(certification).forEach((name, content) -> AtomicFiles.write(directory.resolve(name), content));
        deleteWork();
    }

    /** The files of a whole certificate; the one that marks it as whole last. */
    Map<String, byte[]> files(Certification certification) {
        StringBuilder lines = new StringBuilder();
        certification.images().forEach(image -> lines.append(image.line()));
        byte[] images = lines.toString().getBytes(StandardCharsets.UTF_8);
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put(IMAGES, images);
        files.put(SECONDS, json(Map.of("seconds", certification.seconds())));
        Map<String, Object> certificate = new LinkedHashMap<>();
        certificate.put("format", FORMAT);
        certificate.put("id", request.id());
        request.ticket().place().ifPresent(place -> {
            certificate.put("level", place.key());
            certificate.put("number", place.level());
        });
        certificate.put("density", request.ticket().density());
        certificate.put("determined-by", request.determinedBy());
        certificate.put("clean", certification.clean());
        certificate.put("certified", certification.certified());
        certificate.put("attacked", certification.attacked());
        certificate.put("unbroken", certification.unbroken());
        certificate.put("unknown", certification.unknown());
        certificate.put("files", Map.of(IMAGES, Digests.sha256(images)));
        files.put(CERTIFICATE, json(certificate));
        return files;
    }

    /** Removes files that a whole certificate does not need, those of a crash after its end included. */
    void deleteWork() {
        List<Path> files = parts(directory);
        files.addFirst(directory.resolve(WORK));
        files.forEach(AtomicFiles::delete);
    }

    private static byte[] json(Map<String, Object> content) {
        return (Json.write(content) + "\n").getBytes(StandardCharsets.UTF_8);
    }
}
