package org.espalier.report.example;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.espalier.attack.Norm;
import org.espalier.data.ImageShape;
import org.espalier.lab.counterexample.KeptDirectory;
import org.espalier.lab.counterexample.KeptExamples;
import org.espalier.lab.file.AtomicFiles;
import org.espalier.report.chart.draw.TextOutline;

/**
 * Pictures of kept adversarial examples, for each attack {@code ATTACK-1.png} and so on: the original, the difference and the result
 * side by side, and below the number of the image and the network's predictions for both.
 */
public final class ContactSheets {
    /** Examples of a sheet. */
    private static final int EXAMPLES = 48;

    /** Sheets of an attack; the arrays have the rest. */
    private static final int SHEETS = 4;

    private static final int COLUMNS = 4;
    private static final int LEAST_SIDE = 84; // small images are magnified to about this
    private static final int GAP = 4;
    private static final int MARGIN = 12;
    private static final int TEXT = 13;
    private static final int HEAD = 40;

    private final KeptExamples kept;
    private final List<String> names;
    private final TextOutline text = new TextOutline();

    private ContactSheets(KeptExamples kept, List<String> names) {
        this.kept = kept;
        this.names = names;
    }

    /**
     * Writes the sheets beside the examples.
     *
     * @param names of the classes; classes without one are numbers
     * @return the files, none without examples
     * @throws org.espalier.UserException if the examples are damaged or a file cannot be written
     */
    public static List<Path> write(KeptDirectory directory, List<String> names) {
        KeptExamples kept = directory.read();
        var sheets = new ContactSheets(kept, names);
        List<Path> files = new ArrayList<>();
        kept.byAttack().forEach((attack, rows) -> {
            for (int sheet = 0; sheet < SHEETS && sheet * EXAMPLES < rows.size(); sheet++) {
                List<KeptExamples.Row> shown =
                        rows.subList(sheet * EXAMPLES, Math.min(rows.size(), (sheet + 1) * EXAMPLES));
                Path file = directory
                        .path()
                        .resolve(attack.replaceAll("[^A-Za-z0-9._-]", "-") + "-" + (sheet + 1) + ".png");
                AtomicFiles.writeRepeatable(file, sheets.png(attack, rows.size(), sheet * EXAMPLES, shown));
                files.add(file);
            }
        });
        return files;
    }

    private byte[] png(String attack, int all, int first, List<KeptExamples.Row> rows) {
        ImageShape shape = kept.shape();
        int scale = Math.max(1, Math.ceilDiv(LEAST_SIDE, Math.max(shape.height(), shape.width())));
        int width = scale * shape.width();
        int height = scale * shape.height();
        int cellWidth = Math.max(3 * width + 2 * GAP, 190) + MARGIN;
        int cellHeight = height + TEXT + 2 * GAP + MARGIN;
        int columns = Math.min(COLUMNS, rows.size());
        BufferedImage sheet = new BufferedImage(
                MARGIN + Math.max(columns * cellWidth, 560),
                HEAD + Math.ceilDiv(rows.size(), columns) * cellHeight,
                BufferedImage.TYPE_INT_RGB);
        Graphics2D draw = sheet.createGraphics();
        try {
            draw.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            draw.setColor(Color.WHITE);
            draw.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
            draw.setColor(Color.BLACK);
            draw.fill(text.of(
                    attack + ", " + kept.threat() + ": examples " + (first + 1) + " to " + (first + rows.size())
                            + " of " + all,
                    MARGIN,
                    MARGIN + 6,
                    TEXT + 1));
            draw.setColor(Color.DARK_GRAY);
            draw.fill(text.of(
                    "original, difference (gray: none; black and white: "
                            + (kept.threat().norm() == Norm.LINF ? "epsilon" : "its largest value")
                            + "), result; image number, prediction before and after",
                    MARGIN,
                    MARGIN + 22,
                    TEXT - 1));
            for (int i = 0; i < rows.size(); i++) {
                KeptExamples.Row row = rows.get(i);
                int x = MARGIN + i % columns * cellWidth;
                int y = HEAD + i / columns * cellHeight;
                image(draw, row.original(), x, y, width, height);
                image(draw, difference(row), x + width + GAP, y, width, height);
                image(draw, row.adversarial(), x + 2 * (width + GAP), y, width, height);
                draw.setColor(Color.BLACK);
                draw.fill(text.of(caption(row), x, y + height + TEXT + 1, TEXT - 1));
            }
        } finally {
            draw.dispose();
        }
        var bytes = new ByteArrayOutputStream();
        try {
            ImageIO.setUseCache(false);
            ImageIO.write(sheet, "png", bytes);
        } catch (IOException e) {
            throw new UncheckedIOException("a picture in memory cannot fail to be written", e);
        }
        return bytes.toByteArray();
    }

    private String caption(KeptExamples.Row row) {
        return "#" + row.image() + ": " + name(row.predicted()) + " \u2192 "
                + (row.attacked() == row.label() ? "tied" : name(row.attacked()));
    }

    private String name(int label) {
        return label < names.size() ? names.get(label) : Integer.toString(label);
    }

    /** The change of each pixel; gray is none. */
    private float[] difference(KeptExamples.Row row) {
        return difference(row, kept.threat().norm() == Norm.LINF ? kept.threat().epsilon() : 0);
    }

    /**
     * The change of each pixel as a picture, in which gray is none.
     *
     * @param full the change that is shown as black or white; 0 for the largest
     */
    public static float[] difference(KeptExamples.Row row, float full) {
        float[] change = new float[row.original().length];
        float most = full;
        for (int i = 0; i < change.length; i++) {
            change[i] = row.adversarial()[i] - row.original()[i];
            most = full > 0 ? full : Math.max(most, Math.abs(change[i]));
        }
        for (int i = 0; i < change.length; i++) {
            change[i] = most > 0 ? 0.5f + change[i] / (2 * most) : 0.5f;
        }
        return change;
    }

    private void image(Graphics2D draw, float[] values, int x, int y, int width, int height) {
        ImageShape shape = kept.shape();
        draw.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR);
        draw.drawImage(Pictures.of(values, shape.channels(), shape.height(), shape.width()), x, y, width, height, null);
        draw.setColor(Color.LIGHT_GRAY);
        draw.drawRect(x - 1, y - 1, width + 1, height + 1);
    }
}
