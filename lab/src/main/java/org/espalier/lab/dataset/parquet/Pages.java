package org.espalier.lab.dataset.parquet;

import java.nio.ByteBuffer;
import java.util.zip.CRC32;

/** Reads the values of one column of one group of rows. */
final class Pages {
    private static final int BIT_PACKED = 4;
    private static final int RUNS = 3;
    private static final int SLACK = 1 << 16; // bytes of a page beside its values

    private final ByteBuffer in;
    private final int codec;
    private final ParquetColumn column;
    private final Values values;
    private final int rows;
    private final int most; // bytes of an unpacked page
    private int done;
    private boolean hasDictionary;
    private Values dictionary;

    private Pages(ByteBuffer in, int codec, ParquetColumn column, int rows, int most) {
        this.in = in;
        this.codec = codec;
        this.column = column;
        this.rows = rows;
        this.most = most;
        values = Values.empty(column, rows);
        dictionary = Values.empty(column, 0);
    }

    /** A row has no value; {@link ParquetTable} adds its name. */
    static final class MissingException extends RuntimeException {
        @java.io.Serial
        private static final long serialVersionUID = 1;

        /** Its number in the group, from 0. */
        final int row;

        MissingException(int row) {
            super("row " + row + " has no value");
            this.row = row;
        }
    }

    /**
     * Reads the values.
     *
     * @param in the pages
     * @param codec how they are compressed
     * @param most bytes of an unpacked page of texts
     */
    static Values read(ByteBuffer in, int codec, ParquetColumn column, int rows, int most) {
        Pages pages = new Pages(in, codec, column, rows, most);
        while (pages.done < rows) {
            pages.page();
        }
        return pages.values;
    }

    private void page() {
        PageHeader header = PageHeader.read(in);
        if (header.packed < 0 || header.packed > in.remaining() || header.unpacked < 0) {
            throw new DamageException("has a page of " + header.packed + " bytes in column " + column.name() + " where "
                    + in.remaining() + " are left");
        }
        ByteBuffer page = in.slice(in.position(), header.packed);
        in.position(in.position() + header.packed);
        if (header.type == PageHeader.INDEX) {
            return;
        }
        check(header, page);
        switch (header.type) {
            case PageHeader.DICTIONARY -> {
                if (hasDictionary
                        || header.encoding != Values.PLAIN && header.encoding != Values.OLD_DICTIONARY
                        || header.values > rows) {
                    throw new DamageException("has a dictionary of " + header.values + " values in encoding "
                            + header.encoding + " in column " + column.name() + ", expected one of at most " + rows
                            + " values");
                }
                ByteBuffer content = ByteBuffer.wrap(Codec.unpack(codec, page, header.unpacked));
                dictionary = Values.read(content, column, Values.PLAIN, header.values, most);
                hasDictionary = true;
            }
            case PageHeader.DATA -> first(header, ByteBuffer.wrap(Codec.unpack(codec, page, header.unpacked)));
            case PageHeader.SECOND_DATA -> second(header, page);
            default -> throw new DamageException("has a page of type " + header.type + ", expected 0 to 3");
        }
    }

    private void check(PageHeader header, ByteBuffer page) {
        // Of numbers, a page has no more bytes than its values need in the widest encoding.
        long bound = column.isBytes() ? most : Math.min(most, SLACK + 32L * Math.max(0, header.values));
        if (header.unpacked > bound) {
            throw new DamageException("has a page of " + header.unpacked + " bytes for " + header.values
                    + " values of column " + column.name() + ", expected at most " + bound);
        } else if (header.values < 0 || header.type != PageHeader.DICTIONARY && header.values > rows - done) {
            throw new DamageException("has a page of " + header.values + " values in column " + column.name()
                    + ", expected at most the " + (rows - done) + " that are left of " + rows);
        } else if (header.checked) {
            CRC32 sum = new CRC32();
            sum.update(page.duplicate());
            if ((int) sum.getValue() != header.checksum) {
                throw new DamageException("has a page in column " + column.name() + " whose checksum is "
                        + Long.toHexString(sum.getValue()) + ", expected " + Integer.toHexString(header.checksum));
            }
        }
    }

    private void first(PageHeader header, ByteBuffer page) {
        if (column.optional()) {
            if (header.levels != RUNS) {
                throw new DamageException("has levels in "
                        + (header.levels == BIT_PACKED ? "the oldest encoding" : "encoding " + header.levels)
                        + " in column " + column.name() + ", which is not read");
            }
            present(Values.counted(page), header.values);
        }
        values(header, page);
    }

    private void second(PageHeader header, ByteBuffer page) {
        long levels = (long) header.definitionBytes + header.repetitionBytes;
        if (levels > page.remaining() || levels > header.unpacked) {
            throw new DamageException("has a page of " + page.remaining() + " bytes with levels of " + levels
                    + " bytes in column " + column.name());
        }
        ByteBuffer definition = page.slice(header.repetitionBytes, header.definitionBytes);
        if (column.optional()) {
            present(definition, header.values);
        }
        page.position((int) levels);
        int left = header.unpacked - (int) levels;
        // An empty part is not packed, whatever the codec makes of nothing.
        ByteBuffer content = page.hasRemaining() && header.compressed
                ? ByteBuffer.wrap(Codec.unpack(codec, page.slice(), left))
                : page.slice();
        values(header, content);
    }

    private void present(ByteBuffer levels, int count) {
        int present = new Packed(levels, 1).equal(1, count);
        if (present < count) {
            throw new MissingException(done + present);
        }
    }

    private void values(PageHeader header, ByteBuffer content) {
        boolean chosen = header.encoding == Values.DICTIONARY || header.encoding == Values.OLD_DICTIONARY;
        if (chosen && !hasDictionary && header.values > 0) {
            throw new DamageException("has no dictionary before the values of column " + column.name());
        }
        Values read = chosen
                ? Values.chosen(content, column, dictionary, header.values)
                : Values.read(content, column, header.encoding, header.values, most);
        values.put(done, read, header.values);
        done += header.values;
    }
}
