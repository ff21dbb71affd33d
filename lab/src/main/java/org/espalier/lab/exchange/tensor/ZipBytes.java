package org.espalier.lab.exchange.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.espalier.UserException;
import org.espalier.lab.file.OtherFormat;

/**
 * A zip archive in memory, read by its central directory. An entry takes as many bytes as it claims and not one more, so that a
 * small archive cannot fill the memory. Encrypted entries, other methods than "stored" and "deflated", and archives of several
 * parts are refused.
 */
public final class ZipBytes {
    private static final int END = 0x06054b50;
    private static final int ENTRY = 0x02014b50;
    private static final int LOCAL = 0x04034b50;
    private static final int END_BYTES = 22;
    private static final int MOST_COMMENT = 0xffff;
    private static final int STORED = 0;
    private static final int DEFLATED = 8;
    private static final int ZIP64_EXTRA = 1;
    private static final long UNKNOWN = 0xffffffffL;

    private record Place(int method, long packed, long size, long local, long crc) {}

    private final byte[] bytes;
    private final ByteBuffer buffer;
    private final String source;
    private final Map<String, Place> places = new LinkedHashMap<>();

    /**
     * Reads the directory of an archive.
     *
     * @param bytes the whole file
     * @param source its name, for messages
     * @throws UserException if it is damaged or of a kind that is not read
     */
    public ZipBytes(byte[] bytes, String source) {
        this.bytes = bytes;
        this.source = source;
        buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        try {
            readDirectory(end());
        } catch (IndexOutOfBoundsException e) {
            throw damaged("its directory ends behind the file", e);
        }
    }

    /** Whether a file begins as a zip archive does. */
    public static boolean is(byte[] bytes) {
        return OtherFormat.isZip(bytes);
    }

    private int end() {
        for (int at = bytes.length - END_BYTES; at >= 0 && at >= bytes.length - END_BYTES - MOST_COMMENT; at--) {
            if (buffer.getInt(at) == END) {
                return at;
            }
        }
        throw damaged("it has no end of a zip archive", null);
    }

    private void readDirectory(int end) {
        int count = buffer.getShort(end + 10) & 0xffff;
        long at = buffer.getInt(end + 16) & UNKNOWN;
        if (buffer.getShort(end + 4) != 0 || buffer.getShort(end + 8) != buffer.getShort(end + 10)) {
            throw damaged("it is a part of an archive of several files", null);
        } else if (count == 0xffff || at == UNKNOWN) {
            throw damaged("it has more entries or bytes than Espalier reads", null);
        }
        int position = Math.toIntExact(Math.min(at, bytes.length));
        for (int i = 0; i < count; i++) {
            if (buffer.getInt(position) != ENTRY) {
                throw damaged("entry " + i + " of its directory is damaged", null);
            }
            int flags = buffer.getShort(position + 8);
            int nameLength = buffer.getShort(position + 28) & 0xffff;
            int extraLength = buffer.getShort(position + 30) & 0xffff;
            int commentLength = buffer.getShort(position + 32) & 0xffff;
            String name = text(position + 46, nameLength);
            if ((flags & 1) != 0) {
                throw damaged("its entry " + name + " is encrypted", null);
            }
            Place place = sizes(position, position + 46 + nameLength, extraLength);
            if (places.put(name, place) != null) {
                throw damaged("it has two entries called " + name, null);
            }
            position += 46 + nameLength + extraLength + commentLength;
        }
    }

    /** The entry's numbers; those that are too large for 32 bits stand in an extra field. */
    private Place sizes(int position, int extra, int extraLength) {
        long size = buffer.getInt(position + 24) & UNKNOWN;
        long packed = buffer.getInt(position + 20) & UNKNOWN;
        long local = buffer.getInt(position + 42) & UNKNOWN;
        int at = extra;
        while (at + 4 <= extra + extraLength) {
            int id = buffer.getShort(at) & 0xffff;
            int length = buffer.getShort(at + 2) & 0xffff;
            if (id == ZIP64_EXTRA) {
                int field = at + 4;
                if (size == UNKNOWN) {
                    size = buffer.getLong(field);
                    field += 8;
                }
                if (packed == UNKNOWN) {
                    packed = buffer.getLong(field);
                    field += 8;
                }
                if (local == UNKNOWN) {
                    local = buffer.getLong(field);
                }
            }
            at += 4 + length;
        }
        return new Place(
                buffer.getShort(position + 10) & 0xffff, packed, size, local, buffer.getInt(position + 16) & UNKNOWN);
    }

    private String text(int at, int length) {
        Objects.checkFromIndexSize(at, length, bytes.length);
        return new String(bytes, at, length, StandardCharsets.UTF_8);
    }

    /** Names of all entries, in the order of the directory. */
    public Set<String> names() {
        return places.keySet();
    }

    private Place place(String name) {
        Place place = places.get(name);
        if (place == null) {
            throw damaged("it has no entry " + name, null);
        }
        return place;
    }

    /**
     * An entry's content.
     *
     * @param most bytes that are expected at most
     * @throws UserException if it is larger, damaged, missing, or does not match its checksum
     */
    public byte[] read(String name, long most) {
        Place place = place(name);
        if (place.size() < 0 || place.size() > most) {
            throw damaged("its entry " + name + " claims " + place.size() + " bytes, expected at most " + most, null);
        }
        byte[] content;
        try {
            int local = Math.toIntExact(place.local());
            if (buffer.getInt(local) != LOCAL) {
                throw damaged("its entry " + name + " is not where the directory says", null);
            }
            int from = local + 30 + (buffer.getShort(local + 26) & 0xffff) + (buffer.getShort(local + 28) & 0xffff);
            int packed = Math.toIntExact(place.packed());
            Objects.checkFromIndexSize(from, packed, bytes.length);
            content = switch (place.method()) {
                case STORED -> stored(name, from, packed, place.size());
                case DEFLATED -> inflated(name, from, packed, place.size());
                default ->
                    throw damaged(
                            "its entry " + name + " is compressed by method " + place.method()
                                    + ", expected stored or deflated",
                            null);
            };
        } catch (IndexOutOfBoundsException | ArithmeticException e) {
            throw damaged("its entry " + name + " ends behind the file", e);
        }
        CRC32 crc = new CRC32();
        crc.update(content);
        if (crc.getValue() != place.crc()) {
            throw damaged("its entry " + name + " does not match its checksum", null);
        }
        return content;
    }

    private byte[] stored(String name, int from, int packed, long size) {
        if (packed != size) {
            throw damaged("its entry " + name + " is stored in " + packed + " bytes and claims " + size, null);
        }
        byte[] content = new byte[packed];
        System.arraycopy(bytes, from, content, 0, packed);
        return content;
    }

    private byte[] inflated(String name, int from, int packed, long size) {
        // Deflate packs at most about 1032 to 1, so that more is a lie that would only take memory.
        if (size > 1040L * packed + 64) {
            throw damaged("its entry " + name + " claims " + size + " bytes from " + packed, null);
        }
        byte[] content = new byte[Math.toIntExact(size)];
        Inflater inflater = new Inflater(true);
        try {
            inflater.setInput(bytes, from, packed);
            int read = 0;
            while (read < content.length) {
                int more = inflater.inflate(content, read, content.length - read);
                if (more == 0 && (inflater.finished() || inflater.needsInput() || inflater.needsDictionary())) {
                    throw damaged("its entry " + name + " ends after " + read + " of " + size + " bytes", null);
                }
                read += more;
            }
            return content;
        } catch (DataFormatException e) {
            throw damaged("its entry " + name + " is not deflated data", e);
        } finally {
            inflater.end();
        }
    }

    private UserException damaged(String problem, @org.jspecify.annotations.Nullable Throwable cause) {
        String message = source + " is damaged: " + problem;
        return cause == null ? new UserException(message) : new UserException(message, cause);
    }
}
