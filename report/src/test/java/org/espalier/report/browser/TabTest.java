package org.espalier.report.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That the browser tests would notice: a page that does all that a page must not do. */
class TabTest {
    @Test
    void whateverGoesWrongIsSeen(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("bad.html");
        Files.writeString(file, """
                <!doctype html><meta charset="utf-8">
                <meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; connect-src *">
                <img src="forbidden.png">
                <script>
                  console.error("said as an error");
                  console.warn("said as a warning");
                  fetch("http://127.0.0.1:9/asked-for").catch(() => { document.title = "done"; });
                  setTimeout(() => { throw new Error("thrown later"); }, 0);
                </script>
                """);
        try (Chromium browser = Chromium.start();
                Tab tab = browser.tab(390, 844, ColorScheme.DARK)) {
            tab.page().navigate(file.toUri().toString());
            tab.await("document.title === 'done'");

            assertThat(String.join("\n", tab.errors()))
                    .contains("said as an error")
                    .contains("said as a warning")
                    .contains("thrown later")
                    .containsIgnoringCase("content security policy");
            assertThat(tab.requests()).contains("http://127.0.0.1:9/asked-for");
            assertThat(tab.is("matchMedia('(prefers-color-scheme: dark)').matches"))
                    .isTrue();
            assertThat(tab.number("innerWidth")).isEqualTo(390);
        }
    }
}
