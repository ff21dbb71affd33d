package org.espalier.cli.console;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import org.jspecify.annotations.Nullable;

/**
 * An output for text of any origin: names in stored files must not steer the terminal. Control characters become
 * question marks, but for line feeds and tabs. What is written as bytes, as Picocli's help with its colours, stays as it is.
 */
public final class CleanOutput extends PrintStream {
    CleanOutput(OutputStream target, boolean autoFlush, Charset charset) {
        super(target, autoFlush, charset);
    }

    /** The text with a question mark for each control character that is no line feed and no tab. */
    public static String clean(String text) {
        if (text.chars().noneMatch(CleanOutput::steers)) {
            return text;
        }
        StringBuilder clean = new StringBuilder(text.length());
        text.chars().forEach(c -> clean.append(steers(c) ? '?' : (char) c));
        return clean.toString();
    }

    private static boolean steers(int character) {
        return Character.isISOControl(character) && character != '\n' && character != '\t';
    }

    @Override
    public void print(@Nullable String text) {
        super.print(clean(String.valueOf(text)));
    }

    @Override
    public void print(@Nullable Object value) {
        print(String.valueOf(value));
    }

    /** One write for text and line feed, so that lines of several processes stay whole. */
    @Override
    public void println(@Nullable String text) {
        super.print(clean(String.valueOf(text)) + System.lineSeparator());
    }

    @Override
    public void println(@Nullable Object value) {
        println(String.valueOf(value));
    }
}
