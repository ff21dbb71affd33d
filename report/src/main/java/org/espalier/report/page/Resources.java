package org.espalier.report.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Scripts and styles that are put into pages. The live page takes the same ones. */
public final class Resources {
    /** The look of all pages. */
    public static final String STYLE = "style.css";

    /** Vega, at a pinned version; see vendor/README.md. */
    public static final String VEGA = "vendor/vega.min.js";

    /** Vega-Lite, at a pinned version. */
    public static final String VEGA_LITE = "vendor/vega-lite.min.js";

    /** Specifications of figures: EspalierFigures. */
    public static final String FIGURES = "figures.js";

    /** Drawing, legends, saving, and the choice of light or dark: EspalierCharts. */
    public static final String CHARTS = "charts.js";

    static final String REPORT = "report.js";

    private Resources() {}

    /** The bytes of one of the files above. */
    public static byte[] bytes(String name) {
        try (InputStream in = Resources.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the program has no " + name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One of the files above, as text. */
    public static String text(String name) {
        return new String(bytes(name), StandardCharsets.UTF_8);
    }

    /** One of the scripts above, to stand in a script element. */
    public static String script(String name) {
        return "<script>" + Html.script(text(name)) + "</script>\n";
    }
}
