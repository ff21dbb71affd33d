package org.espalier.campaigns.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Changes sound inputs at random: bits, bytes, ranges, numbers, and parts of other inputs. */
final class Mutator {
    private static final List<String> TOKENS = List.of(
            "-1",
            "0",
            "1e999",
            "NaN",
            "2147483648",
            "-9223372036854775809",
            "null",
            "true",
            "[",
            "]",
            "{",
            "}",
            "\"",
            ":",
            ",",
            "\n",
            "\0",
            "\\u0000",
            "&a",
            "*a",
            "<<",
            "- ",
            "!!",
            "%",
            "../",
            "kind",
            "#",
            "\u00e9");

    private final Random random;
    private final List<byte[]> corpus;

    Mutator(Random random, List<byte[]> corpus) {
        this.random = random;
        this.corpus = corpus;
    }

    byte[] next() {
        byte[] input = corpus.get(random.nextInt(corpus.size())).clone();
        for (int changes = 1 + random.nextInt(6); changes > 0; changes--) {
            input = change(input);
        }
        return input;
    }

    private byte[] change(byte[] input) {
        int at = random.nextInt(input.length + 1);
        int end = at + random.nextInt(Math.min(32, input.length - at) + 1);
        switch (random.nextInt(7)) {
            case 0 -> {
                if (at < input.length) {
                    input[at] ^= (byte) (1 << random.nextInt(8));
                }
                return input;
            }
            case 1 -> {
                if (at < input.length) {
                    input[at] = (byte) random.nextInt(256);
                }
                return input;
            }
            case 2 -> {
                return replace(input, at, end, new byte[0]);
            }
            case 3 -> {
                return replace(input, at, at, Arrays.copyOfRange(input, at, end));
            }
            case 4 -> {
                byte[] other = corpus.get(random.nextInt(corpus.size()));
                int from = random.nextInt(other.length + 1);
                return replace(
                        input,
                        at,
                        end,
                        Arrays.copyOfRange(other, from, from + random.nextInt(Math.min(64, other.length - from) + 1)));
            }
            case 5 -> {
                return replace(input, at, end, token());
            }
            default -> {
                return replace(input, at, at, token());
            }
        }
    }

    private byte[] token() {
        return TOKENS.get(random.nextInt(TOKENS.size())).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] replace(byte[] input, int from, int to, byte[] by) {
        byte[] result = new byte[input.length - (to - from) + by.length];
        System.arraycopy(input, 0, result, 0, from);
        System.arraycopy(by, 0, result, from, by.length);
        System.arraycopy(input, to, result, from + by.length, input.length - to);
        return result;
    }
}
