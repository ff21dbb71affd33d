package org.espalier.campaigns.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.espalier.UserException;
import org.espalier.data.file.Content;
import org.espalier.data.file.Idx;

/**
 * Compressed IDX files: a first byte, then what it says: a file as it is, or a file that is compressed here first, which must
 * read as the plain one does, or the same cut short, which must be refused.
 */
final class GzipReader implements FuzzTarget.Reader {
    private final MemoryFile file = new MemoryFile();

    @Override
    public void read(byte[] input) throws IOException {
        if (input.length == 0) {
            return;
        }
        byte[] rest = Arrays.copyOfRange(input, 1, input.length);
        switch (input[0] & 3) {
            case 0, 1 -> labels(rest);
            case 2 -> {
                int[] plain = labelsOrNone(rest);
                int[] compressed = labelsOrNone(compress(rest));
                boolean twice = rest.length > 1 && rest[0] == 0x1f && rest[1] == (byte) 0x8b;
                if (!twice && !Arrays.equals(plain, compressed)) {
                    throw new AssertionError("a compressed file reads as another than the plain one");
                }
            }
            default -> {
                byte[] whole = compress(rest);
                int kept = whole.length - 1 - (input[0] & 0x7f) % (whole.length - 1);
                if (kept > 2 && labelsOrNone(Arrays.copyOf(whole, kept)) != null) {
                    throw new AssertionError("a file that is cut short was read");
                }
            }
        }
    }

    private int[] labels(byte[] content) throws IOException {
        return Idx.readLabels(new Content.OnDisk(file.of(content))).labels();
    }

    private int[] labelsOrNone(byte[] content) throws IOException {
        try {
            return labels(content);
        } catch (UserException e) {
            return null;
        }
    }

    private static byte[] compress(byte[] content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    @Override
    public List<byte[]> seeds() {
        byte[] labels = IdxReader.labels();
        return List.of(IdxReader.with(0, compress(labels)), IdxReader.with(2, labels), IdxReader.with(3, labels));
    }
}
