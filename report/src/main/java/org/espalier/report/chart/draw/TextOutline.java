package org.espalier.report.chart.draw;

import java.awt.geom.AffineTransform;
import java.awt.geom.Path2D;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.fontbox.ttf.CmapLookup;
import org.apache.fontbox.ttf.GlyphData;
import org.apache.fontbox.ttf.TrueTypeFont;

/** Text as outlines in the font of figures: pictures then need no font of the system and are the same everywhere. */
public final class TextOutline {
    private final TrueTypeFont font;
    private final CmapLookup glyphs;
    private final double unitsPerEm;

    /** A writer for one thread. */
    public TextOutline() {
        try {
            font = FigureFont.REGULAR.parse();
            glyphs = font.getUnicodeCmapLookup();
            unitsPerEm = font.getUnitsPerEm();
        } catch (IOException e) {
            throw new UncheckedIOException("the bundled font cannot be read", e);
        }
    }

    /**
     * A line of text.
     *
     * @param x where it begins, in pixels
     * @param y its base line, in pixels from the top
     * @param size of the font in pixels
     */
    public Path2D of(String text, double x, double y, double size) {
        Path2D line = new Path2D.Double();
        double scale = size / unitsPerEm;
        double[] at = {x};
        FigureFont.REGULAR.printable(text).codePoints().forEach(character -> {
            try {
                int glyph = glyphs.getGlyphId(character);
                GlyphData data = font.getGlyph().getGlyph(glyph);
                if (data != null) {
                    AffineTransform place = AffineTransform.getTranslateInstance(at[0], y);
                    place.scale(scale, -scale);
                    line.append(data.getPath().getPathIterator(place), false);
                }
                at[0] += font.getAdvanceWidth(glyph) * scale;
            } catch (IOException e) {
                throw new UncheckedIOException("the bundled font cannot be read", e);
            }
        });
        return line;
    }
}
