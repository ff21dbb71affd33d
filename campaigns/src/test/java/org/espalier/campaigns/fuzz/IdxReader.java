package org.espalier.campaigns.fuzz;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.espalier.data.file.Content;
import org.espalier.data.file.Idx;
import org.espalier.fixtures.IdxBytes;

/** IDX files: a first byte that says images or labels, then the file. */
final class IdxReader implements FuzzTarget.Reader {
    private final MemoryFile file = new MemoryFile();

    @Override
    public void read(byte[] input) throws IOException {
        if (input.length == 0) {
            return;
        }
        byte[] content = Arrays.copyOfRange(input, 1, input.length);
        Content source = new Content.OnDisk(file.of(content));
        boolean compressed = content.length > 1 && content[0] == 0x1f && content[1] == (byte) 0x8b;
        if ((input[0] & 1) == 0) {
            Idx.Images images = Idx.readImages(source);
            check((long) images.count() * images.rows() * images.columns() == images.pixels().length);
            check(compressed || Arrays.equals(images.pixels(), Arrays.copyOfRange(content, 16, content.length)));
        } else {
            Idx.Labels labels = Idx.readLabels(source);
            check(compressed || labels.labels().length == content.length - 8);
            for (int i = 0; i < labels.labels().length && !compressed; i++) {
                check(labels.labels()[i] == (content[8 + i] & 0xff));
            }
        }
    }

    private static void check(boolean holds) {
        if (!holds) {
            throw new AssertionError("what was read is not what the file holds");
        }
    }

    static byte[] images() {
        return IdxBytes.images(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}, 2, 2);
    }

    static byte[] labels() {
        return IdxBytes.labels(0, 1, 2);
    }

    static byte[] with(int first, byte[] rest) {
        return ByteBuffer.allocate(1 + rest.length).put((byte) first).put(rest).array();
    }

    @Override
    public List<byte[]> seeds() {
        return List.of(with(0, images()), with(1, labels()));
    }
}
