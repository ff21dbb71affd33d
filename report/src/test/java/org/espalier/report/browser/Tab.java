package org.espalier.report.browser;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.PlaywrightException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A page in a browser context of its own, and all that went wrong or was asked for in it. */
public final class Tab implements AutoCloseable {
    /** Generous: the machine may be busy with anything. A page that will never be ready costs this once. */
    private static final double PATIENCE_MILLISECONDS = 180_000;

    /** Not at each frame, which is what Playwright does by itself: nothing here may wait for the browser to paint. */
    private static final double POLLING_MILLISECONDS = 50;

    private final BrowserContext context;
    private final Page page;
    private final List<String> requests = new ArrayList<>();
    private final List<String> errors = new ArrayList<>();

    Tab(BrowserContext context) {
        this.context = context;
        context.setDefaultTimeout(PATIENCE_MILLISECONDS);
        page = context.newPage();
        page.onRequest(request -> {
            if (!request.url().startsWith("data:")) {
                requests.add(request.url());
            }
        });
        page.onPageError(error -> errors.add("exception: " + error));
        page.onConsoleMessage(message -> {
            if (Set.of("error", "warning", "assert").contains(message.type())) {
                errors.add(message.type() + ": " + message.text() + " " + message.location());
            }
        });
    }

    /** The page itself, for all that Playwright can do with it. */
    public Page page() {
        return page;
    }

    /** Addresses that the page asked for, without data: addresses. */
    public List<String> requests() {
        return List.copyOf(requests);
    }

    /** Exceptions, console errors and warnings, and what the page's policy forbade. */
    public List<String> errors() {
        return List.copyOf(errors);
    }

    /** Waits until a JavaScript expression is true. */
    public void await(String condition) {
        try {
            page.waitForFunction(
                    "() => Boolean(" + condition + ")",
                    null,
                    new Page.WaitForFunctionOptions().setPollingInterval(POLLING_MILLISECONDS));
        } catch (PlaywrightException e) {
            throw new AssertionError("it never came to this: " + condition + "; errors: " + errors, e);
        }
    }

    /** Evaluates a JavaScript expression, waiting for a promise. */
    public Object evaluate(String expression) {
        return page.evaluate(expression);
    }

    /** As {@link #evaluate}, of an expression that is true or false. */
    public boolean is(String expression) {
        return (boolean) page.evaluate("Boolean(" + expression + ")");
    }

    /** As {@link #evaluate}, of an expression that gives a whole number. */
    public int number(String expression) {
        return ((Number) page.evaluate(expression)).intValue();
    }

    /** As {@link #evaluate}, of an expression that gives a text. */
    public String text(String expression) {
        return (String) page.evaluate(expression);
    }

    /** As {@link #evaluate}, of an expression that gives a list. */
    public List<?> list(String expression) {
        return (List<?>) page.evaluate(expression);
    }

    /** As {@link #evaluate}, of an expression that gives an object. */
    public Map<?, ?> object(String expression) {
        return (Map<?, ?>) page.evaluate(expression);
    }

    /** Closes the page with its context. */
    @Override
    public void close() {
        context.close();
    }
}
