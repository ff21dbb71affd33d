package org.espalier.campaigns.fuzz;

/** What Jazzer calls; its target argument is the reader's name. */
public final class FuzzDriver {
    private static FuzzTarget.Reader reader;

    private FuzzDriver() {}

    /** Makes the reader and lets it read once, so that classes are loaded before time and memory count. */
    public static void fuzzerInitialize(String[] arguments) throws Exception {
        reader = FuzzTarget.named(arguments[0]).reader();
        for (byte[] seed : reader.seeds()) {
            Property.check(reader, seed);
        }
    }

    public static void fuzzerTestOneInput(byte[] input) {
        Property.check(reader, input);
    }
}
