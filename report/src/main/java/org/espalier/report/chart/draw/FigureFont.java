package org.espalier.report.chart.draw;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.fontbox.ttf.CmapLookup;
import org.apache.fontbox.ttf.TTFParser;
import org.apache.fontbox.ttf.TrueTypeFont;
import org.apache.pdfbox.io.RandomAccessReadBuffer;

/**
 * The fonts of figures for print: DejaVu Sans Condensed, whose letters are about as wide as Helvetica's and which covers
 * Latin, Greek, Cyrillic and mathematical characters. PDF figures embed the characters that they use.
 */
enum FigureFont {
    REGULAR("DejaVuSansCondensed.ttf"),
    BOLD("DejaVuSansCondensed-Bold.ttf");

    private final byte[] file;
    private final TrueTypeFont metrics;
    private final CmapLookup glyphs;
    private final double unitsPerEm;

    /** Reading advance widths goes through a table of the file; few characters stand in very many labels. */
    private final ConcurrentHashMap<Integer, Integer> advances = new ConcurrentHashMap<>();

    FigureFont(String name) {
        try (InputStream stream = Objects.requireNonNull(FigureFont.class.getResourceAsStream("fonts/" + name), name)) {
            file = stream.readAllBytes();
            metrics = parse();
            glyphs = metrics.getUnicodeCmapLookup();
            unitsPerEm = metrics.getUnitsPerEm();
        } catch (IOException e) {
            throw new UncheckedIOException("the bundled font " + name + " cannot be read", e);
        }
    }

    /** The font for use in one document: a parsed font is not safe for several threads. */
    TrueTypeFont parse() throws IOException {
        TrueTypeFont font = new TTFParser().parse(new RandomAccessReadBuffer(file));
        // A ligature would be one character where text is searched or copied.
        font.setEnableGsub(false);
        return font;
    }

    /**
     * Length of a text.
     *
     * @param size of the font, in points
     * @return points
     */
    double width(String text, double size) {
        return size
                / unitsPerEm
                * printable(text)
                        .codePoints()
                        .map(character -> advances.computeIfAbsent(character, this::advance))
                        .sum();
    }

    private int advance(int character) {
        synchronized (metrics) {
            try {
                return metrics.getAdvanceWidth(glyphs.getGlyphId(character));
            } catch (IOException e) {
                throw new UncheckedIOException("the bundled font cannot be read", e);
            }
        }
    }

    /** The text with characters that the font has: others are written by their numbers, as {@code [U+4E2D]}. */
    String printable(String text) {
        if (text.codePoints().allMatch(this::has)) {
            return text;
        }
        var printable = new StringBuilder();
        text.codePoints().forEach(character -> {
            if (has(character)) {
                printable.appendCodePoint(character);
            } else {
                printable.append(String.format(Locale.ROOT, "[U+%04X]", character));
            }
        });
        return printable.toString();
    }

    private boolean has(int character) {
        return glyphs.getGlyphId(character) != 0;
    }
}
