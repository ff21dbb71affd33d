package org.espalier.campaigns.fuzz;

import java.util.List;
import java.util.function.Supplier;
import org.espalier.cli.CommandLineReader;

/** The readers of what comes from outside. Each name is an argument of {@code benchmarks/fuzz}. */
public enum FuzzTarget {
    IDX(IdxReader::new),
    GZIP(GzipReader::new),
    EXPERIMENT(ExperimentReader::new),
    SUITE(SuiteReader::new),
    SAFETENSORS(SafeTensorsReader::new),
    TORCH(TorchReader::new),
    ONNX(OnnxReader::new),
    COMPACT(CompactReader::new),
    NUMPY(NumpyReader::new),
    IMAGE(ImageReader::new),
    CSV(CsvReader::new),
    PARQUET(ParquetReader::new),
    STORE(StoreReader::new),
    LINES(LinesReader::new),
    HTTP(HttpReader::new),
    COMMAND(CommandLineReader::new);

    private final Supplier<Reader> make;

    FuzzTarget(Supplier<Reader> make) {
        this.make = make;
    }

    /** One reader, used by one thread. */
    public interface Reader {
        /**
         * Reads an input: ends with the right value or with the declared exception.
         *
         * @throws org.espalier.UserException if the input is refused
         * @throws AssertionError if what was read is wrong
         */
        void read(byte[] input) throws Exception;

        /** Sound inputs to begin with. */
        List<byte[]> seeds() throws Exception;
    }

    Reader reader() {
        return make.get();
    }

    String lowerCase() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    static FuzzTarget named(String name) {
        return valueOf(name.toUpperCase(java.util.Locale.ROOT));
    }
}
