package org.espalier.data.file;

import java.util.List;
import org.espalier.UserException;
import org.espalier.setting.Plugins;

/** The data formats on the class path and in the plug-in directory. */
public final class DataFormats {
    private DataFormats() {}

    /** All formats; Espalier's own come first, IDX before the others. */
    public static List<DataFormat> all() {
        return Plugins.services(DataFormat.class);
    }

    /**
     * The format of a name.
     *
     * @throws UserException if there is none
     */
    public static DataFormat named(String name) {
        return all().stream()
                .filter(format -> format.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new UserException("data format " + name + " is unknown: expected "
                        + String.join(
                                " or ", all().stream().map(DataFormat::name).toList())));
    }
}
