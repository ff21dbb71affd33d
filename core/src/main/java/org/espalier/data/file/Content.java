package org.espalier.data.file;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.zip.GZIPInputStream;

/** The bytes of a data file, wherever they lie, perhaps compressed with gzip. */
public sealed interface Content {
    /** How to name the file in a message. */
    String describe();

    /** Opens the bytes as they lie there. */
    InputStream open() throws IOException;

    /** Opens the uncompressed bytes. */
    default InputStream openUncompressed() throws IOException {
        BufferedInputStream in = new BufferedInputStream(open(), 1 << 16);
        try {
            in.mark(2);
            boolean gzip = startsLikeGzip(in);
            in.reset();
            return gzip ? new GZIPInputStream(in, 1 << 16) : in;
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    /** Whether a file is compressed, whatever its name says. */
    static boolean isGzip(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return startsLikeGzip(in);
        }
    }

    private static boolean startsLikeGzip(InputStream in) throws IOException {
        return in.read() == 0x1f && in.read() == 0x8b;
    }

    /** A file on disk, and how to name it: its path, or where it was just fetched from. */
    record OnDisk(Path path, String describe) implements Content {
        public OnDisk(Path path) {
            this(path, path.toString());
        }

        @Override
        public InputStream open() throws IOException {
            return Files.newInputStream(path);
        }
    }

    /** A resource of the program, by its path below {@code org/espalier/data}. */
    record Bundled(String resource) implements Content {
        private static final String FOLDER = "/org/espalier/data/";

        /** Whether the program has it. */
        public boolean exists() {
            return Content.class.getResource(FOLDER + resource) != null;
        }

        @Override
        public String describe() {
            return "bundled file " + resource;
        }

        @Override
        public InputStream open() throws IOException {
            return Objects.requireNonNull(Content.class.getResourceAsStream(FOLDER + resource), resource);
        }
    }
}
