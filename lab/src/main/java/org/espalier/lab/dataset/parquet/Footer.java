package org.espalier.lab.dataset.parquet;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What the end of a file says of it.
 *
 * @param columns of the table, (column)
 * @param rows of the table
 * @param groups rows that are stored together, in their order
 */
record Footer(List<ParquetColumn> columns, long rows, List<Group> groups) {
    /** Most columns, those below others included. */
    static final int MOST_COLUMNS = 200_000;

    /**
     * Rows that are stored together.
     *
     * @param chunks where the values of each column lie, (leaf)
     */
    record Group(int rows, List<Chunk> chunks) {}

    /**
     * Where the values of a column lie.
     *
     * @param codec how pages are compressed, as the format numbers it
     * @param start first byte
     * @param length bytes
     */
    record Chunk(int type, int codec, long values, long start, long length) {}

    /** Reads a footer. */
    static Footer read(ByteBuffer bytes) {
        ThriftReader in = new ThriftReader(bytes);
        List<SchemaElement> schema = new ArrayList<>();
        List<Group> groups = new ArrayList<>();
        long[] rows = {-1};
        in.struct((number, type) -> {
            switch (number) {
                case 2 -> {
                    int size = in.list(type, ThriftReader.STRUCT);
                    for (int i = 0; i < size; i++) {
                        schema.add(SchemaElement.read(in));
                    }
                }
                case 3 -> rows[0] = in.whole(type);
                case 4 -> {
                    int size = in.list(type, ThriftReader.STRUCT);
                    for (int i = 0; i < size; i++) {
                        groups.add(group(in));
                    }
                }
                case 8 -> throw new DamageException("is encrypted, expected a file that is not");
                default -> {
                    return false;
                }
            }
            return true;
        });
        int[] leaves = {0};
        List<ParquetColumn> columns = columns(schema, leaves);
        long sum = 0;
        for (Group group : groups) {
            sum += group.rows();
            if (group.chunks().size() != leaves[0]) {
                throw new DamageException("has " + group.chunks().size()
                        + " columns of values in a group of rows, expected " + leaves[0]);
            }
        }
        if (sum != rows[0]) {
            throw new DamageException("has " + rows[0] + " rows, but its groups have " + sum);
        }
        return new Footer(columns, sum, groups);
    }

    private static List<ParquetColumn> columns(List<SchemaElement> schema, int[] leaves) {
        if (schema.isEmpty()) {
            throw new DamageException("has no schema");
        } else if (schema.size() > MOST_COLUMNS + 1) {
            throw new DamageException("has " + (schema.size() - 1) + " columns, expected at most " + MOST_COLUMNS);
        }
        List<ParquetColumn> columns = new ArrayList<>();
        int next = 1;
        for (int i = 0; i < schema.getFirst().children(); i++) {
            int at = next;
            int leaf = leaves[0];
            long open = 1;
            while (open > 0) {
                if (next == schema.size()) {
                    throw new DamageException("has a schema of " + schema.size() + " entries, which end too early");
                }
                int children = schema.get(next++).children();
                open += children - 1L;
                leaves[0] += children == 0 ? 1 : 0;
            }
            columns.add(schema.get(at).column(leaf));
        }
        if (next != schema.size()) {
            throw new DamageException("has a schema of " + schema.size() + " entries, expected " + next);
        }
        return List.copyOf(columns);
    }

    private static Group group(ThriftReader in) {
        List<Chunk> chunks = new ArrayList<>();
        long[] rows = {-1};
        in.struct((number, type) -> {
            switch (number) {
                case 1 -> {
                    int size = in.list(type, ThriftReader.STRUCT);
                    for (int i = 0; i < size; i++) {
                        chunks.add(chunk(in));
                    }
                }
                case 3 -> rows[0] = in.count(type);
                default -> {
                    return false;
                }
            }
            return true;
        });
        if (rows[0] < 0) {
            throw new DamageException("has a group of rows that does not say how many they are");
        }
        return new Group((int) rows[0], chunks);
    }

    private static Chunk chunk(ThriftReader in) {
        long[] fields = new long[12]; // by their numbers in the metadata of a column
        Arrays.fill(fields, -1);
        in.struct((number, type) -> {
            switch (number) {
                case 1 ->
                    throw new DamageException("names another file for its values, expected them in the file itself");
                case 3 -> {
                    if (type != ThriftReader.STRUCT) {
                        return false;
                    }
                    in.struct((inner, innerType) -> {
                        boolean wanted =
                                inner == 1 || inner == 4 || inner == 5 || inner == 7 || inner == 9 || inner == 11;
                        if (wanted) {
                            fields[inner] = in.whole(innerType);
                        }
                        return wanted;
                    });
                }
                case 8, 9 -> throw new DamageException("is encrypted, expected a file that is not");
                default -> {
                    return false;
                }
            }
            return true;
        });
        // Some writers give 0 where there is no dictionary.
        long start = fields[11] > 0 && fields[11] < fields[9] ? fields[11] : fields[9];
        return new Chunk((int) fields[1], (int) fields[4], fields[5], start, fields[7]);
    }
}
