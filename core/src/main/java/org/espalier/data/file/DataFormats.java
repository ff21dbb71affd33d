package org.espalier.data.file;

import java.util.List;
import org.espalier.setting.Plugins;

/** The data formats on the class path and in the plug-in directory. */
public final class DataFormats {
    private DataFormats() {}

    /** All formats; Espalier's own come first, IDX before the others. */
    public static List<DataFormat> all() {
        return Plugins.services(DataFormat.class);
    }
}
