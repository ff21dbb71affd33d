package org.espalier.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.espalier.engine.KernelMode;
import org.espalier.lab.experiment.Names;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a kernel mode by the name that users write: auto, dense or sparse. */
public final class KernelModeConverter implements ITypeConverter<KernelMode> {
    /** The former name of {@link KernelMode#AUTO}; scripts still have it. */
    private static final String FORMER_AUTO = "chosen";

    @Override
    public KernelMode convert(String name) {
        if (name.equals(FORMER_AUTO)) {
            return KernelMode.AUTO;
        }
        for (KernelMode mode : KernelMode.values()) {
            if (nameOf(mode).equals(name)) {
                return mode;
            }
        }
        List<String> names = Arrays.stream(KernelMode.values())
                .map(KernelModeConverter::nameOf)
                .toList();
        throw new TypeConversionException("'" + name + "', expected auto, dense or sparse"
                + Names.nearest(name, names)
                        .map(near -> "; did you mean '" + near + "'?")
                        .orElse(""));
    }

    private static String nameOf(KernelMode mode) {
        return mode.name().toLowerCase(Locale.ROOT);
    }
}
