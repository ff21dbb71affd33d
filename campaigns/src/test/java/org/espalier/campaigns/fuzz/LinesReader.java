package org.espalier.campaigns.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.espalier.UserException;
import org.espalier.lab.file.Json;
import org.espalier.lab.file.JsonLines;
import org.espalier.lab.store.MetricsLines;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Files of JSON lines. A file reads as its lines do one by one. */
final class LinesReader implements FuzzTarget.Reader {
    @Override
    public void read(byte[] input) {
        List<Integer> whole = read(() -> JsonLines.read(input, "input", LinesReader::members));
        List<Integer> single = read(() -> {
            List<Integer> lines = new ArrayList<>();
            for (int start = 0; start < input.length; ) {
                int end = start;
                while (end < input.length && input[end] != '\n') {
                    end++;
                }
                lines.add(JsonLines.readOne(Arrays.copyOfRange(input, start, end), "input", LinesReader::members));
                start = end + 1;
            }
            return lines;
        });
        if (!whole.equals(single)) {
            throw new AssertionError("a file reads as " + whole + ", its lines as " + single);
        }
        read(() -> {
            Json.numbers(input, "seconds", "input");
            return List.of();
        });
        for (String line : new String(input, StandardCharsets.UTF_8).split("\n", -1)) {
            MetricsLines.read(line, "input");
        }
    }

    private static List<Integer> read(Supplier<List<Integer>> reading) {
        try {
            return reading.get();
        } catch (UserException e) {
            return List.of(-1);
        }
    }

    /** Counts the members of a line's object. */
    private static int members(JsonParser object, Supplier<String> source) {
        int members = 0;
        while (object.nextToken() == JsonToken.PROPERTY_NAME) {
            members++;
            object.nextToken();
            object.skipChildren();
        }
        return members;
    }

    @Override
    public List<byte[]> seeds() {
        String line = "{\"iteration\":0,\"split\":\"validation\",\"attack\":\"none\",\"accuracy\":0.25,\"loss\":1.5}\n";
        return List.of(
                (line + line).getBytes(StandardCharsets.UTF_8),
                "{\"seconds\":[0.5,1.0,2]}\n".getBytes(StandardCharsets.UTF_8));
    }
}
