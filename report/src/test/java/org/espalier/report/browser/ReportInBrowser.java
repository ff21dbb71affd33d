package org.espalier.report.browser;

import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.espalier.report.ReportFolder;
import org.espalier.report.content.Report;
import org.espalier.report.page.PageFiles;

/** A report's page in a browser, one tab at a time. */
final class ReportInBrowser implements AutoCloseable {
    private final Chromium browser;
    private final Path page;
    private Tab tab;

    private ReportInBrowser(Chromium browser, Path page) {
        this.browser = browser;
        this.page = page;
    }

    /**
     * Starts the browser and writes the report.
     *
     * @param folder where the report is written
     */
    static ReportInBrowser of(Report report, Path folder) throws IOException {
        Chromium browser = Chromium.start();
        ReportFolder.write(report, OptionalInt.empty(), folder);
        return new ReportInBrowser(browser, folder.resolve(PageFiles.PAGE));
    }

    /** Where the page is. */
    URI address() {
        return page.toUri();
    }

    /** Opens the page anew and waits until it is ready. */
    Tab open(int width, ColorScheme scheme) {
        closeTab();
        tab = browser.tab(width, 900, scheme);
        tab.page().navigate(address().toString());
        tab.await("document.documentElement.dataset.ready");
        return tab;
    }

    /** Scrolls to a figure and waits until it is drawn; returns its identity. */
    String see(int figure) {
        String node = "document.querySelectorAll('figure[data-group]')[" + figure + "]";
        tab.evaluate(node + ".scrollIntoView()");
        tab.await(node + ".dataset.drawn");
        return tab.text(node + ".dataset.drawn");
    }

    void closeTab() {
        if (tab != null) {
            tab.close();
            tab = null;
        }
    }

    @Override
    public void close() {
        browser.close();
    }
}
