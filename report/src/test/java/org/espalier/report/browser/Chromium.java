package org.espalier.report.browser;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * The machine's own Chromium, without a window, steered by Playwright, which runs on the machine's own Node.js: nothing is
 * downloaded. Chromium is expected at /usr/bin/chromium or where the variable ESPALIER_CHROMIUM says, Node.js on the PATH
 * or where PLAYWRIGHT_NODEJS_PATH says.
 */
public final class Chromium implements AutoCloseable {
    private static final double START_MILLISECONDS = 180_000;
    private static final int NODE_VERSION = 20;
    private static final Pattern VERSION = Pattern.compile("v(\\d+)\\..*", Pattern.DOTALL);

    private static final Path PROGRAM = Path.of(System.getenv().getOrDefault("ESPALIER_CHROMIUM", "/usr/bin/chromium"));

    private final Playwright playwright;
    private final Browser browser;

    private Chromium(Playwright playwright, Browser browser) {
        this.playwright = playwright;
        this.browser = browser;
    }

    /**
     * Starts the browser. Where Chromium or Node.js is missing the test that asks is skipped, unless ESPALIER_BROWSER_TESTS
     * is "required": then it fails.
     */
    public static Chromium start() throws IOException {
        if (!Files.isExecutable(PROGRAM)) {
            throw without("no Chromium at " + PROGRAM
                    + " (Debian: apt-get install chromium; elsewhere: ESPALIER_CHROMIUM=its path)");
        }
        Path node = node().orElseThrow(
                        () -> without(
                                "no Node.js " + NODE_VERSION
                                        + " or newer on the PATH (Debian: apt-get install nodejs; elsewhere: PLAYWRIGHT_NODEJS_PATH=its path)"));
        Playwright playwright = Playwright.create(new Playwright.CreateOptions()
                .setEnv(Map.of("PLAYWRIGHT_NODEJS_PATH", node.toString(), "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        try {
            return new Chromium(
                    playwright,
                    playwright
                            .chromium()
                            .launch(new BrowserType.LaunchOptions()
                                    .setExecutablePath(PROGRAM)
                                    .setTimeout(START_MILLISECONDS)));
        } catch (RuntimeException e) {
            playwright.close();
            throw e;
        }
    }

    private static AssertionError without(String what) {
        String why = "browser tests did not run: " + what;
        if (!"required".equals(System.getenv("ESPALIER_BROWSER_TESTS"))) {
            System.out.println(why);
            Assumptions.abort(why);
        }
        return new AssertionError(why);
    }

    private static Optional<Path> node() throws IOException {
        String given = System.getenv("PLAYWRIGHT_NODEJS_PATH");
        Optional<Path> found = given != null
                ? Optional.of(Path.of(given))
                : Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                        .map(folder -> Path.of(folder, "node"))
                        .filter(Files::isExecutable)
                        .findFirst();
        if (found.isEmpty() || !Files.isExecutable(found.get())) {
            return Optional.empty();
        }
        Process process = new ProcessBuilder(found.get().toString(), "--version").start();
        String version = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        Matcher matcher = VERSION.matcher(version);
        return matcher.matches() && Integer.parseInt(matcher.group(1)) >= NODE_VERSION ? found : Optional.empty();
    }

    /** Opens an empty page in a context of its own: no page sees what another has stored, and none lies behind another. */
    public Tab tab(int width, int height, ColorScheme scheme) {
        return new Tab(browser.newContext(
                new Browser.NewContextOptions().setViewportSize(width, height).setColorScheme(scheme)));
    }

    @Override
    public void close() {
        // Also ends the browser and the driver.
        playwright.close();
    }
}
