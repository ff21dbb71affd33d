package org.espalier.cli;

import java.nio.file.Path;
import org.espalier.UserException;
import org.espalier.UserPath;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the paths of a command line; one that this system cannot have is refused in the words of {@link UserPath}. */
final class PathConverter implements ITypeConverter<Path> {
    @Override
    public Path convert(String text) {
        try {
            return UserPath.of(text, "the path");
        } catch (UserException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
