package org.espalier.lab.dataset.parquet;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.espalier.UserException;

/**
 * A Parquet file of columns that have one value in each row. Values may be compressed by Snappy, gzip or Zstandard. Columns below
 * others, and lists, are known by name and not read. A file cannot make the reader take more memory than the values of a column
 * need, and nothing outside of the file is opened.
 *
 * <p>Source of the layout: the format's specification, parquet-format 2.12.
 */
public final class ParquetTable implements AutoCloseable {
    private static final int MAGIC = 0x31524150; // PAR1
    private static final int ENCRYPTED = 0x45524150; // PARE
    private static final int END = 8; // length of the footer, magic number
    private static final int MOST_PAGE = 1 << 28;

    /**
     * How much a file may hold.
     *
     * @param values rows times columns of the table
     * @param page bytes of a page when it is unpacked
     */
    public record Limits(long values, int page) {
        /** For files of users: pages of 256 MiB. */
        public static final Limits USUAL = new Limits(Long.MAX_VALUE, MOST_PAGE);
    }

    private final Bytes bytes;
    private final String source;
    private final Limits limits;
    private final Footer footer;

    private ParquetTable(Bytes bytes, String source, Limits limits) {
        this.bytes = bytes;
        this.source = source;
        this.limits = limits;
        footer = readFooter();
    }

    /** The bytes of a file. */
    private interface Bytes extends AutoCloseable {
        long size() throws IOException;

        /** Bytes from a place on; fewer if the file ends. */
        ByteBuffer read(long at, int count) throws IOException;

        @Override
        void close() throws IOException;
    }

    private record InFile(SeekableByteChannel channel) implements Bytes {
        @Override
        public long size() throws IOException {
            return channel.size();
        }

        @Override
        public ByteBuffer read(long at, int count) throws IOException {
            ByteBuffer buffer = ByteBuffer.allocate(count);
            channel.position(at);
            int read = 0;
            while (buffer.hasRemaining() && read >= 0) {
                read = channel.read(buffer);
            }
            return buffer.flip();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    private record InMemory(byte[] content) implements Bytes {
        @Override
        public long size() {
            return content.length;
        }

        @Override
        public ByteBuffer read(long at, int count) {
            return ByteBuffer.wrap(content, (int) at, count).slice();
        }

        @Override
        public void close() {}
    }

    /** Whether a file begins as a Parquet file does, encrypted ones included. */
    public static boolean is(byte[] start) {
        return start.length >= 4
                && start[0] == 'P'
                && start[1] == 'A'
                && start[2] == 'R'
                && (start[3] == '1' || start[3] == 'E');
    }

    /**
     * Opens a file.
     *
     * @throws UserException if it cannot be read, is damaged or encrypted
     */
    public static ParquetTable open(Path file) {
        SeekableByteChannel channel;
        try {
            channel = Files.newByteChannel(file);
        } catch (IOException e) {
            throw unreadable(file.toString(), e);
        }
        try {
            return new ParquetTable(new InFile(channel), file.toString(), Limits.USUAL);
        } catch (RuntimeException e) {
            try {
                channel.close();
            } catch (IOException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
    }

    /**
     * Opens a file that is in memory.
     *
     * @param source its name, for messages
     * @throws UserException if it is damaged, encrypted, or holds more than the limits say
     */
    public static ParquetTable of(byte[] content, String source, Limits limits) {
        return new ParquetTable(new InMemory(content), source, limits);
    }

    private Footer readFooter() {
        try {
            long size = bytes.size();
            if (size < 4 + END) {
                throw damaged("has " + size + " bytes, expected at least " + (4 + END));
            }
            ByteBuffer end = bytes.read(size - END, END).order(ByteOrder.LITTLE_ENDIAN);
            int length = end.getInt();
            int magic = end.getInt();
            if (magic == ENCRYPTED) {
                throw damaged("is encrypted, expected a file that is not");
            } else if (magic != MAGIC) {
                throw damaged("has no PAR1 at its end, expected a whole Parquet file");
            } else if (length < 0 || length > size - 4 - END) {
                throw damaged("has a footer of " + Integer.toUnsignedString(length) + " bytes, expected at most "
                        + (size - 4 - END));
            }
            Footer read = Footer.read(bytes.read(size - END - length, length));
            long values = read.rows() * read.columns().size(); // fewer than 2^31 rows in each of fewer than 2^31 groups
            if (read.rows() > Integer.MAX_VALUE || values > limits.values()) {
                throw damaged("has " + read.rows() + " rows of "
                        + read.columns().size() + " columns, expected fewer than 2^31 rows");
            }
            return read;
        } catch (DamageException e) {
            throw damaged(e.getMessage());
        } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
            throw new UserException(source + " is damaged: its footer ends too early", e);
        } catch (IOException e) {
            throw unreadable(source, e);
        }
    }

    private UserException damaged(@org.jspecify.annotations.Nullable String problem) {
        return new UserException(source + " " + problem);
    }

    private static UserException unreadable(String source, IOException e) {
        return new UserException(
                source
                        + (e instanceof java.nio.file.NoSuchFileException
                                ? " is missing"
                                : " cannot be read: " + e.getMessage()),
                e);
    }

    /** Columns of the table, (column). */
    public List<ParquetColumn> columns() {
        return footer.columns();
    }

    /** Number of groups of rows. */
    public int groups() {
        return footer.groups().size();
    }

    /** Number of rows of a group. */
    public int rows(int group) {
        return footer.groups().get(group).rows();
    }

    /**
     * Reads the values of a column of numbers or texts.
     *
     * @param firstRow number of the group's first row in the table, from 1, for messages
     * @throws UserException if a row has no value, or the file is damaged
     */
    public ColumnValues read(int group, int column, long firstRow) {
        ParquetColumn of = footer.columns().get(column);
        if (of.leaf() < 0 || of.kind() == ParquetColumn.Kind.OTHER) {
            throw new IllegalArgumentException("column " + of.name() + " is " + of.words());
        }
        Footer.Chunk chunk = footer.groups().get(group).chunks().get(of.leaf());
        int rows = rows(group);
        try {
            long size = bytes.size() - END;
            if (chunk.type() != of.type() || chunk.values() != rows) {
                throw damaged("has " + chunk.values() + " values of type " + chunk.type() + " in column " + of.name()
                        + ", expected " + rows + " of type " + of.type());
            } else if (chunk.start() < 4
                    || chunk.length() < 0
                    || chunk.length() > Integer.MAX_VALUE - 8
                    || chunk.length() > size - chunk.start()) {
                throw damaged("has column " + of.name() + " in " + chunk.length() + " bytes from byte " + chunk.start()
                        + " on, expected a place within its " + size + " bytes");
            }
            ByteBuffer pages = bytes.read(chunk.start(), (int) chunk.length());
            return new ColumnValues(of, Pages.read(pages, chunk.codec(), of, rows, limits.page()));
        } catch (Pages.MissingException e) {
            throw new UserException(
                    source + ", row " + (firstRow + e.row) + " has no value (null) in column " + of.name()
                            + ", expected one; --drop leaves a column out",
                    e);
        } catch (DamageException e) {
            throw damaged(e.getMessage());
        } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
            throw new UserException(source + " is damaged: a page of column " + of.name() + " ends too early", e);
        } catch (IOException e) {
            throw unreadable(source, e);
        }
    }

    @Override
    public void close() {
        try {
            bytes.close();
        } catch (IOException e) {
            throw unreadable(source, e);
        }
    }
}
