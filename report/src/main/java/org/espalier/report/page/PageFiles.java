package org.espalier.report.page;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.espalier.UserException;
import org.espalier.lab.file.AtomicFiles;
import org.espalier.report.chart.draw.FigureDrawing;
import org.espalier.report.content.Report;
import org.espalier.report.content.ReportPart;
import org.espalier.report.example.ExampleSource;

/** The page, {@code index.html}, and each of its figures as a file for print, {@code figures/ID.svg} and {@code .pdf}. */
public final class PageFiles implements ReportPart {
    /** File name of the page. */
    public static final String PAGE = "index.html";

    /** Folder of the figures, within the report's. */
    public static final String FIGURES = "figures";

    private final ExampleSource examples;

    /**
     * Page and figures.
     *
     * @param examples finds the images that the page shows under attack
     */
    public PageFiles(ExampleSource examples) {
        this.examples = examples;
    }

    @Override
    public Written write(Report report, OptionalInt iteration, Path folder) {
        Page page = ReportPage.of(report, iteration, examples);
        Path file = folder.resolve(PAGE);
        AtomicFiles.writeRepeatable(file, page.bytes());
        Path figures = folder.resolve(FIGURES);
        try {
            Files.createDirectories(figures);
        } catch (IOException e) {
            throw new UserException(
                    figures + " cannot be made: " + (e.getMessage() == null ? e.toString() : e.getMessage()), e);
        }
        page.figures().parallelStream().forEach(figure -> {
            AtomicFiles.writeRepeatable(
                    figures.resolve(figure.id() + ".svg"),
                    FigureDrawing.svg(figure).getBytes(StandardCharsets.UTF_8));
            AtomicFiles.writeRepeatable(figures.resolve(figure.id() + ".pdf"), FigureDrawing.pdf(figure));
        });
        return new Written(List.of(file, figures), page.problems());
    }
}
