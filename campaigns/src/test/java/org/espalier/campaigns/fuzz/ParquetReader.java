package org.espalier.campaigns.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.espalier.lab.dataset.parquet.ParquetTable;
import org.espalier.lab.dataset.read.ArrayOptions;
import org.espalier.lab.dataset.read.Examples;
import org.espalier.lab.dataset.read.Found;
import org.espalier.lab.dataset.read.TableFiles;
import org.espalier.lab.dataset.read.Tables;

/** Parquet tables of features. */
final class ParquetReader implements FuzzTarget.Reader {
    private static final ParquetTable.Limits LIMITS = new ParquetTable.Limits(1 << 16, 1 << 20);

    /** Four rows of two columns, written by PyArrow 25.0.1: without compression, in Snappy, Zstandard and gzip. */
    private static final List<String> SOUND = List.of(
            "UEFSMRUEFUAVQEwVCBUAEgAAAAAAAAAA+D8AAAAAAAAAwAAAAAAAAAhAAAAAAAAAEEAVABUUFRQsFQgVEBUGFQYcAA"
                    + "AAAgAAAAgBAgPkABUEFRQVFEwVBBUAEgAAAQAAAHgBAAAAeRUAFQYVBiwVCBUQFQYVBhwAAAABAwoVBBk8NQAYBnNj"
                    + "aGVtYRUEABUKJQIYAWEAFQwlABgFbGFiZWwlAEwcAAAAFggZHBksJgAcFQoZNQAGEBkYAWEVABYIFpYBFpYBJmQmCC"
                    + "ksFQQVABUCABUAFRAVAgA8KQYZJgAIAAAAJgAcFQwZNQAGEBkYBWxhYmVsFQAWCBZcFlwmzgEmngEpLBUEFQAVAgAV"
                    + "ABUQFQIAPBYIGQYZBgAAABbyARYIJggW8gEAKCBwYXJxdWV0LWNwcC1hcnJvdyB2ZXJzaW9uIDI1LjAuMRksHAAAHA"
                    + "AAANcAAABQQVIx",
            "UEFSMRUEFUAVPEwVCBUAEgAAIAAABQEE+D8FB0gAAMAAAAAAAAAIQAAAAAAAABBAFQYVDBUMXBUIFQAVCBUQFQQVAB"
                    + "IcAAAACAECA+QAFQQVFBUYTBUEFQASAAAKJAEAAAB4AQAAAHkVBhUGFQZcFQgVABUIFRAVABUAEhwAAAABAwoVBBk8"
                    + "NQAYBnNjaGVtYRUEABUKJQIYAWEAFQwlABgFbGFiZWwlAEwcAAAAFggZHBksJgAcFQoZNQAGEBkYAWEVAhYIFpgBFp"
                    + "QBJmAmCCksFQQVABUCABUAFRAVAgA8KQYZJgAIAAAAJgAcFQwZNQAGEBkYBWxhYmVsFQIWCBZmFmom0AEmnAEpLBUE"
                    + "FQAVAgAVABUQFQIAPBYIGQYZBgAAABb+ARYIJggW/gEAKCBwYXJxdWV0LWNwcC1hcnJvdyB2ZXJzaW9uIDI1LjAuMR"
                    + "ksHAAAHAAAANcAAABQQVIx",
            "UEFSMRUAFVQVOiwVCBUKFQYVBhwAAAAotS/9ICqlAABwgAEEBAIECAAAAAQAvQABAAxQAhUAFQIVFCwVCBUAFQYVBh"
                    + "wAAAAotS/9IAEJAAANFQQZPDUAGAZzY2hlbWEVBAAVAiUAGAFiABUAJQAYBWxhYmVsABYIGRwZLCYAHBUCGSUGChkY"
                    + "AWIVDBYIFnoWYCYISRwVABUKFQIAAAAmABwVABklBgAZGAVsYWJlbBUMFggWKBY6JmhJHBUAFQAVAgAAABaiARYIJg"
                    + "gWmgEAKCBwYXJxdWV0LWNwcC1hcnJvdyB2ZXJzaW9uIDI1LjAuMRksHAAAHAAAAKkAAABQQVIx",
            "UEFSMRUEFSAVPkwVCBUAEgAAH4sIAAAAAAACA2NkYGBgB2JOID4BxACJ7v2aEAAAABUAFQgVMCwVCBUQFQYVBhwAAA"
                    + "AfiwgAAAAAAAIDY2J+wgAAJp8ZswQAAAAVABUCFSosFQgVABUGFQYcAAAAH4sIAAAAAAACA+MFADCTs6wBAAAAFQQZ"
                    + "PDUAGAZzY2hlbWEVBAAVAiUAGAFiABUAJQAYBWxhYmVsABYIGRwZLCYAHBUCGTUABhAZGAFiFQQWCBZqFrABJmImCC"
                    + "ksFQQVABUCABUAFRAVAgAAACYAHBUAGSUGABkYBWxhYmVsFQQWCBYoFlAmuAFJHBUAFQAVAgAAABaSARYIJggWgAIA"
                    + "KCBwYXJxdWV0LWNwcC1hcnJvdyB2ZXJzaW9uIDI1LjAuMRksHAAAHAAAALUAAABQQVIx");

    @Override
    public void read(byte[] input) {
        boolean kind = new String(input, StandardCharsets.ISO_8859_1).contains("kind"); // as the kept files call it
        ArrayOptions arrays = new ArrayOptions(
                kind ? Optional.of("kind") : Optional.empty(), Optional.empty(), ArrayOptions.Order.AUTO, false);
        Found found = new Found();
        TableFiles.readParquet(input, "input", LIMITS, new Tables.Options(arrays, true, List.of()), found);
        Tables.finish(found);
        found.labels().classes(false);
        for (Examples examples : found.parts().values()) {
            for (int e = 0; e < examples.size(); e++) {
                for (int i = 0; i < examples.shape().features(); i++) {
                    if (!Double.isFinite(examples.value(e, i))) {
                        throw new AssertionError("a value that is no number was taken");
                    }
                }
            }
        }
    }

    @Override
    public List<byte[]> seeds() {
        return SOUND.stream().map(text -> Base64.getDecoder().decode(text)).toList();
    }
}
