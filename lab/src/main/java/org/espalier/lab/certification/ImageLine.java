package org.espalier.lab.certification;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.espalier.UserException;
import org.espalier.evaluate.certify.Decision;
import org.espalier.lab.file.JsonLines;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * One line of {@code images.jsonl} or {@code work.jsonl}, as {@link ImageCertificate#line} writes it.
 *
 * @param seconds processor time, if the line has it: in a file of work
 */
record ImageLine(ImageCertificate certificate, OptionalDouble seconds) {
    private static final Map<String, Decision> DECISIONS =
            Arrays.stream(Decision.values()).collect(Collectors.toUnmodifiableMap(Decision::toString, each -> each));

    /**
     * Reads one, for {@link JsonLines}.
     *
     * @throws UserException if it is damaged
     */
    static ImageLine read(JsonParser object, Supplier<String> source) {
        return new Members(object, source).read();
    }

    /** Members as they are found, each once. */
    private static final class Members {
        private static final int IMAGE = 0;
        private static final int LABEL = 1;
        private static final int PREDICTED = 2;
        private static final int ATTACKED = 3;
        private static final int UNSTABLE = 4;
        private static final int NODES = 5;
        private static final List<String> WHOLE =
                List.of("image", "label", "predicted", "attacked", "unstable", "nodes");
        private static final int VERDICT = 6;
        private static final int LOWER = 7;
        private static final int SECONDS = 8;
        private static final int COUNTEREXAMPLE = 9;

        private final JsonParser object;
        private final Supplier<String> source;
        private final int[] whole = new int[WHOLE.size()];
        private int found;
        private @Nullable Decision verdict;
        private Optional<Double> lower = Optional.empty();
        private OptionalDouble seconds = OptionalDouble.empty();
        private Optional<float[]> counterexample = Optional.empty();

        Members(JsonParser object, Supplier<String> source) {
            this.object = object;
            this.source = source;
        }

        ImageLine read() {
            while (object.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = object.currentName();
                JsonToken value = object.nextToken();
                switch (name) {
                    case "image" -> whole(IMAGE, value);
                    case "label" -> whole(LABEL, value);
                    case "predicted" -> whole(PREDICTED, value);
                    case "attacked" -> whole(ATTACKED, value);
                    case "unstable" -> whole(UNSTABLE, value);
                    case "nodes" -> whole(NODES, value);
                    case "verdict" -> verdict(value);
                    case "lower" -> {
                        once(LOWER, name);
                        lower = Optional.of(number(name, value));
                    }
                    case "seconds" -> {
                        once(SECONDS, name);
                        seconds = OptionalDouble.of(number(name, value));
                    }
                    case "counterexample" -> {
                        once(COUNTEREXAMPLE, name);
                        counterexample = Optional.of(pixels(name, value));
                    }
                    default -> object.skipChildren();
                }
            }
            for (int i = 0; i < WHOLE.size(); i++) {
                if ((found & 1 << i) == 0) {
                    throw damaged(WHOLE.get(i) + " is not a whole number");
                }
            }
            if (verdict == null) {
                throw damaged("verdict is not a string");
            }
            return new ImageLine(
                    new ImageCertificate(
                            whole[IMAGE],
                            whole[LABEL],
                            whole[PREDICTED],
                            whole[ATTACKED],
                            verdict,
                            lower,
                            whole[UNSTABLE],
                            whole[NODES],
                            counterexample),
                    seconds);
        }

        private void whole(int member, JsonToken value) {
            String name = WHOLE.get(member);
            once(member, name);
            if (value != JsonToken.VALUE_NUMBER_INT || object.getNumberType() != JsonParser.NumberType.INT) {
                throw damaged(name + " is not a whole number");
            }
            whole[member] = object.getIntValue();
        }

        private void verdict(JsonToken value) {
            once(VERDICT, "verdict");
            if (value != JsonToken.VALUE_STRING) {
                throw damaged("verdict is not a string");
            }
            String name = object.getString();
            verdict = DECISIONS.get(name);
            if (verdict == null) {
                throw damaged("verdict is " + name);
            }
        }

        /** A number; null stands for one that is not finite. */
        private double number(String name, JsonToken value) {
            if (value == JsonToken.VALUE_NULL) {
                return Double.NaN;
            } else if (!value.isNumeric()) {
                throw damaged(name + " is not a number");
            }
            return object.getDoubleValue();
        }

        private float[] pixels(String name, JsonToken value) {
            if (value != JsonToken.START_ARRAY) {
                throw damaged(name + " is not a list of numbers");
            }
            List<Float> pixels = new ArrayList<>();
            for (JsonToken each = object.nextToken(); each != JsonToken.END_ARRAY; each = object.nextToken()) {
                if (!each.isNumeric()) {
                    throw damaged(name + " is not a list of numbers");
                }
                pixels.add((float) object.getDoubleValue());
            }
            float[] values = new float[pixels.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = pixels.get(i);
            }
            return values;
        }

        private void once(int member, String name) {
            if ((found & 1 << member) != 0) {
                throw damaged(name + " is there twice");
            }
            found |= 1 << member;
        }

        private UserException damaged(String what) {
            return new UserException(source.get() + " is damaged: " + what);
        }
    }
}
