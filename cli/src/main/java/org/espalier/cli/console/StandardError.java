package org.espalier.cli.console;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Takes the error output back after the virtual machine has started.
 *
 * <p>With {@code jdk.incubator.vector} the virtual machine starts with a warning that no option silences. So the
 * launcher gives it an error output that drops this line. The system property {@value #PROPERTY} holds the number of
 * the real one.
 */
public final class StandardError {
    static final String PROPERTY = "espalier.stderr";
    private static final int ERROR_OUTPUT = 2;

    private StandardError() {}

    /** Makes the descriptor that the property names the error output of the whole process; without it, does nothing. */
    public static void restore() {
        Integer descriptor = Integer.getInteger(PROPERTY);
        if (descriptor == null) {
            return;
        }
        try {
            if (duplicate(descriptor, ERROR_OUTPUT) == ERROR_OUTPUT) {
                return;
            }
        } catch (Throwable e) {
            // A C library without dup2, or no native access: the stream below serves this program's own messages.
            if (e instanceof VirtualMachineError fatal) {
                throw fatal;
            }
        }
        try {
            System.setErr(new PrintStream(new FileOutputStream("/dev/fd/" + descriptor, true), true));
        } catch (IOException e) {
            // There is no output for this error; the exit code still shows it.
        }
    }

    /** POSIX dup2: makes descriptor {@code to} refer to what {@code from} refers to. */
    private static int duplicate(int from, int to) throws Throwable {
        Linker linker = Linker.nativeLinker();
        MemorySegment address = linker.defaultLookup().findOrThrow("dup2");
        MethodHandle dup2 = linker.downcallHandle(
                address, FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
        return (int) dup2.invokeExact(from, to);
    }
}
