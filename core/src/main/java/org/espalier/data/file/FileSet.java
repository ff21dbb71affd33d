package org.espalier.data.file;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipException;
import org.espalier.UserException;
import org.espalier.data.Digests;

/** The files of one data set while a {@link DataFormat} reads them. Each file that is read is compared with its digest. */
public final class FileSet {
    private final Map<String, Content> files;
    private final DigestCheck check;
    private final Map<String, String> digests = new LinkedHashMap<>();

    /** Called with a file's name, how to name it in a message, and its digest; throws if the file is not the wanted one. */
    public interface DigestCheck {
        void check(String file, String source, String digest);
    }

    /**
     * Files that are still to be read.
     *
     * @param files by name without suffix
     */
    public FileSet(Map<String, Content> files, DigestCheck check) {
        this.files = Map.copyOf(files);
        this.check = check;
    }

    /**
     * A file's content. Whoever reads it other than with {@link #bytes} reports its digest with {@link #found}.
     *
     * @throws IllegalArgumentException if there is no such file
     */
    public Content content(String file) {
        Content content = files.get(file);
        if (content == null) {
            throw new IllegalArgumentException("no " + file);
        }
        return content;
    }

    /**
     * The uncompressed bytes of a file.
     *
     * @throws UserException if the file cannot be read, or is not the published one
     */
    public byte[] bytes(String file) {
        byte[] bytes = bytes(content(file));
        found(file, Digests.sha256(bytes));
        return bytes;
    }

    /**
     * Reports the digest of a file that was read.
     *
     * @param sha256 of its uncompressed bytes, lower-case hexadecimal
     * @throws UserException if the file is not the published one
     */
    public void found(String file, String sha256) {
        check.check(file, content(file).describe(), sha256);
        digests.put(file, sha256);
    }

    /** Digests of the files read so far, by name. */
    public Map<String, String> digests() {
        return Map.copyOf(digests);
    }

    static byte[] bytes(Content content) {
        try (InputStream in = content.openUncompressed()) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw unreadable(content.describe(), "a data file", e);
        }
    }

    static String digest(Content content) {
        MessageDigest digest = Digests.sha256();
        byte[] buffer = new byte[1 << 16];
        try (InputStream in = content.openUncompressed()) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
        } catch (IOException e) {
            throw unreadable(content.describe(), "a data file", e);
        }
        return Digests.hex(digest);
    }

    /**
     * Why a file could not be read, in one sentence.
     *
     * @param file how to name it
     * @param expected what it should be, e.g. {@code an IDX file}
     */
    static UserException unreadable(String file, String expected, IOException e) {
        String problem = switch (e) {
            case EOFException _ -> " is truncated: expected a whole gzip file, found its end too early";
            case ZipException _ -> " is damaged: expected a sound gzip file, found: " + e.getMessage();
            case NoSuchFileException _ -> " is missing: expected " + expected + ", found nothing";
            case AccessDeniedException _ -> " cannot be read: expected a readable file, found that access is denied";
            default -> " cannot be read: " + e.getMessage();
        };
        return new UserException(file + problem, e);
    }
}
