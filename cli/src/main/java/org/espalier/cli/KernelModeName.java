package org.espalier.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.espalier.engine.KernelMode;
import org.espalier.lab.experiment.Names;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Kernels by the names that users write: chosen, dense and sparse. */
final class KernelModeName implements ITypeConverter<KernelMode> {
    static String of(KernelMode mode) {
        return mode == KernelMode.AUTO ? "chosen" : mode.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public KernelMode convert(String name) {
        for (KernelMode mode : KernelMode.values()) {
            if (of(mode).equals(name)) {
                return mode;
            }
        }
        List<String> names =
                Arrays.stream(KernelMode.values()).map(KernelModeName::of).toList();
        throw new TypeConversionException("'" + name + "', expected chosen, dense or sparse"
                + Names.nearest(name, names)
                        .map(near -> "; did you mean '" + near + "'?")
                        .orElse(""));
    }
}
