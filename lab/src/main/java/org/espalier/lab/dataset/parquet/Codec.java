package org.espalier.lab.dataset.parquet;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** Unpacks pages: as many bytes as they promise and not one more. */
final class Codec {
    private static final List<String> NAMES =
            List.of("no compression", "Snappy", "gzip", "LZO", "Brotli", "LZ4", "Zstandard", "LZ4");
    private static final int NONE = 0;
    private static final int SNAPPY = 1;
    private static final int GZIP = 2;
    private static final int ZSTD = 6;

    private Codec() {}

    /**
     * Unpacks a page.
     *
     * @param codec as the format numbers it
     * @param in all of it is read
     * @param size bytes that the page promises
     */
    static byte[] unpack(int codec, ByteBuffer in, int size) {
        return switch (codec) {
            case NONE -> {
                byte[] bytes = new byte[in.remaining()];
                in.get(bytes);
                yield whole(bytes, bytes.length, size, codec);
            }
            case SNAPPY -> Snappy.unpack(in, size);
            case GZIP -> gzip(in, size);
            case ZSTD -> zstd(in, size);
            default ->
                throw new DamageException("is compressed by "
                        + (codec >= 0 && codec < NAMES.size() ? NAMES.get(codec) : "method " + codec)
                        + ", expected no compression, Snappy, gzip or Zstandard");
        };
    }

    private static byte[] whole(byte[] bytes, long found, int size, int codec) {
        if (found != size) {
            throw new DamageException(
                    "has a page of " + found + " bytes in " + NAMES.get(codec) + ", expected " + size);
        }
        return bytes;
    }

    private static byte[] gzip(ByteBuffer in, int size) {
        byte[] packed = new byte[in.remaining()];
        in.get(packed);
        try (GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(packed))) {
            byte[] bytes = gzip.readNBytes(size);
            whole(bytes, bytes.length, size, GZIP);
            if (gzip.read() >= 0) {
                throw new DamageException("has a page in gzip of more than " + size + " bytes, which it promises");
            }
            return bytes;
        } catch (IOException e) {
            throw new DamageException("has a page that is no sound gzip: " + e.getMessage());
        }
    }

    private static byte[] zstd(ByteBuffer in, int size) {
        byte[] packed = new byte[in.remaining()];
        in.get(packed);
        byte[] bytes = new byte[size];
        try {
            return whole(bytes, Zstd.decompressByteArray(bytes, 0, size, packed, 0, packed.length), size, ZSTD);
        } catch (ZstdException e) {
            throw new DamageException("has a page that is no sound Zstandard of " + size + " bytes: " + e.getMessage());
        }
    }
}
