package org.espalier.campaigns.fuzz;

/** What Jazzer calls; its target argument is the reader's name. */
public final class FuzzDriver {
    private static FuzzTarget.Reader reader;

    private FuzzDriver() {}

    public static void fuzzerInitialize(String[] arguments) {
        reader = FuzzTarget.named(arguments[0]).reader();
    }

    public static void fuzzerTestOneInput(byte[] input) {
        Property.check(reader, input);
    }
}
