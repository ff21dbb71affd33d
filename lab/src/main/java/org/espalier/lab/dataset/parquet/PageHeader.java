package org.espalier.lab.dataset.parquet;

import java.nio.ByteBuffer;

/** What stands before a page of values. */
final class PageHeader {
    static final int DATA = 0;
    static final int INDEX = 1;
    static final int DICTIONARY = 2;
    static final int SECOND_DATA = 3;

    private static final int NONE = -1;

    /** Kind of the page. */
    int type = NONE;
    /** Bytes that the page has when it is unpacked. */
    int unpacked = NONE;
    /** Bytes that the page has in the file. */
    int packed = NONE;
    /** Whether there is a checksum. */
    boolean checked;
    /** Checksum of the bytes in the file. */
    int checksum;
    /** Numbers of values, of those that are missing included. */
    int values = NONE;
    /** How values are written. */
    int encoding = NONE;
    /** How levels of the first kind of data pages are written. */
    int levels = NONE;
    /** Bytes that say which values are missing, in the second kind of data pages. */
    int definitionBytes;
    /** Bytes that say how values are nested, in the second kind of data pages. */
    int repetitionBytes;
    /** Whether values of the second kind of data pages are compressed. */
    boolean compressed = true;

    private PageHeader() {}

    /** Reads a header, and moves the buffer behind it. */
    static PageHeader read(ByteBuffer bytes) {
        ThriftReader in = new ThriftReader(bytes);
        PageHeader header = new PageHeader();
        in.struct((number, type) -> {
            switch (number) {
                case 1 -> header.type = in.count(type);
                case 2 -> header.unpacked = in.count(type);
                case 3 -> header.packed = in.count(type);
                case 4 -> {
                    header.checksum = (int) in.whole(type);
                    header.checked = true;
                }
                case 5, 7, 8 -> {
                    if (type != ThriftReader.STRUCT) {
                        return false;
                    }
                    in.struct((inner, innerType) -> header.inner(in, number, inner, innerType));
                }
                default -> {
                    return false;
                }
            }
            return true;
        });
        return header;
    }

    /** A field of a data page (5), a dictionary (7), or a data page of the second kind (8). */
    private boolean inner(ThriftReader in, int page, int number, int type) {
        if (number == 1) {
            values = in.count(type);
        } else if (number == (page == 8 ? 4 : 2)) {
            encoding = in.count(type);
        } else if (page == 5 && number == 3) {
            levels = in.count(type);
        } else if (page == 8 && number == 5) {
            definitionBytes = in.count(type);
        } else if (page == 8 && number == 6) {
            repetitionBytes = in.count(type);
        } else if (page == 8 && number == 7) {
            compressed = in.truth(type);
        } else {
            return false;
        }
        return true;
    }
}
