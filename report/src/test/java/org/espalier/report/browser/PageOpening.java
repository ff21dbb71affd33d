package org.espalier.report.browser;

import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/**
 * Measures how long a report's page takes to open in the machine's own Chromium, for {@code benchmarks/report-grid}: seconds
 * from the beginning of the navigation, by the page's own clock.
 */
public final class PageOpening {
    private static final int WIDTH = 1280;
    private static final int HEIGHT = 900;

    /** Notes when the page says that it is ready and when each figure is drawn; the page's own scripts need not know of it. */
    private static final String NOTES = """
            window.opening = { ready: 0, drawn: new Map() };
            new MutationObserver((changes) => {
              for (const { target } of changes) {
                if (target.dataset.ready && !window.opening.ready) window.opening.ready = performance.now();
                if (target.dataset.drawn && !window.opening.drawn.has(target)) window.opening.drawn.set(target, performance.now());
              }
            }).observe(document, { subtree: true, attributes: true, attributeFilter: ["data-ready", "data-drawn"] });
            """;

    private static final String FIGURES = "[...document.querySelectorAll('figure[data-group]')]";

    /**
     * When something was there, in seconds.
     *
     * @param painted the first text
     * @param ready all text, tables, legends and buttons; figures in the window and near it are drawn next
     * @param shown the figures within the first window too; with {@code ready} where there are none
     * @param all every figure of the page
     */
    private record Opening(double painted, double ready, double shown, double all) {
        String line() {
            return String.format(
                    Locale.ROOT,
                    "painted %.2f s, ready %.2f s, first window drawn %.2f s, all figures drawn %.1f s",
                    painted,
                    ready,
                    shown,
                    all);
        }
    }

    private PageOpening() {}

    /** Opens the page that the first argument names as often as the second says (5 times), and prints each time and medians. */
    public static void main(String[] arguments) throws IOException {
        String page = Path.of(arguments[0]).toUri().toString();
        int times = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 5;
        var openings = new ArrayList<Opening>();
        try (Chromium browser = Chromium.start()) {
            for (int i = 0; i < times; i++) {
                Opening opening = open(browser, page);
                System.out.println("opened: " + opening.line());
                openings.add(opening);
            }
        }
        System.out.println("median: "
                + new Opening(
                                median(openings.stream().mapToDouble(Opening::painted)),
                                median(openings.stream().mapToDouble(Opening::ready)),
                                median(openings.stream().mapToDouble(Opening::shown)),
                                median(openings.stream().mapToDouble(Opening::all)))
                        .line());
    }

    private static Opening open(Chromium browser, String page) {
        try (Tab tab = browser.tab(WIDTH, HEIGHT, ColorScheme.LIGHT)) {
            tab.page().addInitScript(NOTES);
            tab.page().navigate(page);
            tab.await(FIGURES + ".every((figure) => figure.dataset.drawn)");
            List<?> milliseconds = tab.list("""
                    [performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN, opening.ready,
                      Math.max(opening.ready, ...%s.filter((f) => f.getBoundingClientRect().top < innerHeight)
                        .map((f) => opening.drawn.get(f))),
                      Math.max(opening.ready, ...opening.drawn.values())]""".formatted(FIGURES));
            double[] seconds = milliseconds.stream()
                    .mapToDouble(each -> ((Number) each).doubleValue() / 1000)
                    .toArray();
            return new Opening(seconds[0], seconds[1], seconds[2], seconds[3]);
        }
    }

    private static double median(DoubleStream values) {
        double[] sorted = values.toArray();
        Arrays.sort(sorted);
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }
}
