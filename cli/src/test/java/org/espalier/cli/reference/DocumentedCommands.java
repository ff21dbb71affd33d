package org.espalier.cli.reference;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The command lines of the documents: lines of code blocks that start with {@code espalier} or {@code ./espalier}, also after
 * a prompt or variables, and inline code that starts with {@code ./espalier} and has more than the name of a command.
 */
final class DocumentedCommands {
    private static final Set<String> OTHER_LANGUAGES = Set.of("text", "yaml", "json", "java", "csv", "xml");
    private static final Pattern FENCE = Pattern.compile("^\\s*```(\\w*).*");
    private static final Pattern LINE = Pattern.compile("^\\s*(?:\\$ )?(?:[A-Z_]+=\\S+ )*(?:\\./)?espalier( .*)?$");
    private static final Pattern INLINE = Pattern.compile("`\\./espalier( [^`\\s]+ [^`]+)`");

    private DocumentedCommands() {}

    /**
     * A documented command line.
     *
     * @param place file and line
     * @param arguments words after {@code espalier}
     */
    record Documented(String place, List<String> arguments) {
        @Override
        public String toString() {
            return place + ": espalier " + String.join(" ", arguments);
        }
    }

    /** The command lines of README.md and of all Markdown files under docs. */
    static List<Documented> in(Path root) throws IOException {
        List<Path> files = new ArrayList<>(List.of(root.resolve("README.md")));
        try (Stream<Path> docs = Files.walk(root.resolve("docs"))) {
            docs.filter(file -> file.toString().endsWith(".md")).sorted().forEach(files::add);
        }
        List<Documented> commands = new ArrayList<>();
        for (Path file : files) {
            commands.addAll(of(root.relativize(file).toString(), Files.readAllLines(file)));
        }
        return commands;
    }

    static List<Documented> of(String file, List<String> lines) {
        List<Documented> commands = new ArrayList<>();
        boolean code = false;
        boolean shell = false;
        for (int i = 0; i < lines.size(); i++) {
            String place = file + ":" + (i + 1);
            String line = lines.get(i);
            Matcher fence = FENCE.matcher(line);
            if (fence.matches()) {
                code = !code;
                shell = code && !OTHER_LANGUAGES.contains(fence.group(1));
            } else if (shell) {
                while (line.endsWith("\\") && i + 1 < lines.size()) {
                    line = line.substring(0, line.length() - 1) + lines.get(++i);
                }
                add(commands, place, LINE.matcher(line));
            } else if (!code) {
                add(commands, place, INLINE.matcher(line));
            }
        }
        return commands;
    }

    private static void add(List<Documented> commands, String place, Matcher found) {
        while (found.find()) {
            String rest = found.group(1);
            commands.add(new Documented(place, words(rest == null ? "" : rest)));
        }
    }

    /** Splits as a shell does, up to a comment, a redirection or the end of the command. */
    static List<String> words(String line) {
        List<String> words = new ArrayList<>();
        var word = new StringBuilder();
        boolean open = false; // a word is being read, which quotes may leave empty
        char quote = 0;
        for (char c : (line + " ").toCharArray()) {
            if (quote != 0) {
                if (c == quote) {
                    quote = 0;
                } else {
                    word.append(c);
                }
            } else if (c == '\'' || c == '"') {
                quote = c;
                open = true;
            } else if (c == ' ') {
                if (open) {
                    words.add(word.toString());
                    word.setLength(0);
                    open = false;
                }
            } else if ("|>&;".indexOf(c) >= 0 || c == '#' && !open) {
                if (open && c != '>') { // what stands before ">" is the number of a stream
                    words.add(word.toString());
                }
                return words;
            } else {
                word.append(c);
                open = true;
            }
        }
        return words;
    }
}
