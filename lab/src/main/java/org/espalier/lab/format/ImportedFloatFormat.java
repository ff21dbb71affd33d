package org.espalier.lab.format;

/** As {@link ImportedFormat}, of data whose values are not all multiples of 1/255: they are stored as floats of 32 bits. */
public final class ImportedFloatFormat extends ImportedFormat {
    /** Made by {@code ServiceLoader}. */
    public ImportedFloatFormat() {
        super(true);
    }

    @Override
    public String name() {
        return "imported-float";
    }
}
