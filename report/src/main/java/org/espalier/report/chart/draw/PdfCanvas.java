package org.espalier.report.chart.draw;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.EnumMap;
import java.util.Map;
import org.apache.pdfbox.pdfwriter.compress.CompressParameters;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.common.PDRectangle;
import org.apache.pdfbox.pdmodel.font.PDFont;
import org.apache.pdfbox.pdmodel.font.PDType0Font;
import org.apache.pdfbox.pdmodel.graphics.state.PDExtendedGraphicsState;
import org.apache.pdfbox.util.Matrix;

/**
 * Draws into a PDF document of one page as large as the figure, for LaTeX's includegraphics. Fonts are embedded. Equal
 * figures give equal bytes: the document has no date, and its identifier does not depend on the time.
 */
final class PdfCanvas implements Canvas, AutoCloseable {
    private static final int ROUND = 1;

    private final double height;
    private final PDDocument document = new PDDocument();
    private final PDPageContentStream content;
    private final Map<FigureFont, PDFont> fonts = new EnumMap<>(FigureFont.class);

    /**
     * An empty page.
     *
     * @param width in points
     * @param height in points
     */
    PdfCanvas(double width, double height) {
        this.height = height;
        PDPage page = new PDPage(new PDRectangle((float) width, (float) height));
        document.addPage(page);
        try {
            content = new PDPageContentStream(document, page);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** The whole document; nothing can be drawn after it. */
    byte[] document(String title) {
        document.getDocumentInformation().setTitle(title);
        document.getDocumentInformation().setProducer("Espalier");
        document.setDocumentId(0L);
        var bytes = new ByteArrayOutputStream();
        write(() -> {
            content.close();
            document.save(bytes, CompressParameters.NO_COMPRESSION);
        });
        return bytes.toByteArray();
    }

    @Override
    public void line(double[] x, double[] y, String color, double width, String dash) {
        write(() -> {
            stroke(color);
            content.setLineWidth((float) width);
            content.setLineDashPattern(lengths(dash), 0);
            content.setLineJoinStyle(ROUND);
            path(x, y);
            content.stroke();
        });
    }

    @Override
    public void fill(double[] x, double[] y, String color, double opacity) {
        write(() -> {
            if (opacity < 1) {
                content.saveGraphicsState();
                var state = new PDExtendedGraphicsState();
                state.setNonStrokingAlphaConstant((float) opacity);
                content.setGraphicsStateParameters(state);
            }
            paint(color);
            path(x, y);
            content.closePath();
            content.fill();
            if (opacity < 1) {
                content.restoreGraphicsState();
            }
        });
    }

    @Override
    public void text(
            double x, double y, String text, double size, boolean bold, Anchor anchor, boolean upwards, String color) {
        FigureFont font = bold ? FigureFont.BOLD : FigureFont.REGULAR;
        double back = anchor == Anchor.START ? 0 : font.width(text, size) * (anchor == Anchor.END ? 1 : 0.5);
        write(() -> {
            paint(color);
            content.beginText();
            content.setFont(font(font), (float) size);
            content.setTextMatrix(
                    upwards
                            ? new Matrix(0, 1, -1, 0, (float) x, (float) (height - y - back))
                            : new Matrix(1, 0, 0, 1, (float) (x - back), (float) (height - y)));
            content.showText(font.printable(text));
            content.endText();
        });
    }

    @Override
    public void clip(double x, double y, double width, double height) {
        write(() -> {
            content.saveGraphicsState();
            content.addRect((float) x, (float) (this.height - y - height), (float) width, (float) height);
            content.clip();
        });
    }

    @Override
    public void unclip() {
        write(content::restoreGraphicsState);
    }

    @Override
    public void close() {
        write(document::close);
    }

    private PDFont font(FigureFont font) throws IOException {
        PDFont loaded = fonts.get(font);
        if (loaded == null) {
            loaded = PDType0Font.load(document, font.parse(), true);
            fonts.put(font, loaded);
        }
        return loaded;
    }

    private void path(double[] x, double[] y) throws IOException {
        for (int i = 0; i < x.length; i++) {
            if (i == 0) {
                content.moveTo((float) x[i], (float) (height - y[i]));
            } else {
                content.lineTo((float) x[i], (float) (height - y[i]));
            }
        }
    }

    private void stroke(String color) throws IOException {
        content.setStrokingColor(part(color, 1), part(color, 3), part(color, 5));
    }

    private void paint(String color) throws IOException {
        content.setNonStrokingColor(part(color, 1), part(color, 3), part(color, 5));
    }

    /** Red, green or blue of a colour, 0 to 1. */
    private static float part(String color, int at) {
        return Integer.parseInt(color, at, at + 2, 16) / 255f;
    }

    private static float[] lengths(String dash) {
        String[] parts = dash.isEmpty() ? new String[0] : dash.split(" ");
        float[] lengths = new float[parts.length];
        for (int i = 0; i < lengths.length; i++) {
            lengths[i] = Float.parseFloat(parts[i]);
        }
        return lengths;
    }

    private interface Writing {
        void run() throws IOException;
    }

    private static void write(Writing writing) {
        try {
            writing.run();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private static UncheckedIOException failed(IOException cause) {
        return new UncheckedIOException("a document in memory cannot fail to be written", cause);
    }
}
