package org.espalier.cli.measure;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.espalier.UserException;
import org.espalier.data.ImageShape;
import org.espalier.data.Split;
import org.espalier.evaluate.corrupt.ColourCorruption;
import org.espalier.evaluate.corrupt.CorruptedImages;
import org.espalier.evaluate.corrupt.Corruption;
import org.espalier.evaluate.corrupt.GreyCorruption;
import org.espalier.evaluate.measure.Calibration;
import org.espalier.evaluate.measure.CalibrationMeter;
import org.espalier.lab.experiment.Names;
import org.espalier.random.Stream;

/**
 * The corruptions that fit a data set's images.
 *
 * @param style name of the set, for settings of measurements
 * @param corruptions in the order of tables
 */
record CorruptionSet(String style, List<? extends Corruption> corruptions) {
    /**
     * All that fit a ticket's images.
     *
     * @throws UserException if none does
     */
    static CorruptionSet of(MeasuredTickets.Measured ticket) {
        ImageShape shape = ticket.split().shape();
        if (shape.equals(new ImageShape(GreyCorruption.SIDE, GreyCorruption.SIDE, 1))) {
            return new CorruptionSet("mnist-c-style", List.of(GreyCorruption.values()));
        } else if (shape.equals(new ImageShape(ColourCorruption.SIDE, ColourCorruption.SIDE, 3))) {
            // 2: with snow, elastic and JPEG in the mean
            return new CorruptionSet("cifar-10-c-style-2", ColourCorruption.all());
        }
        throw new UserException("data set " + ticket.ticket().data().name() + " has images of " + shape
                + ", expected 28 x 28 grey pixels or 32 x 32 pixels of three colours to corrupt");
    }

    /** The name of a corruption at all its severities, e.g. {@code fog} of {@code fog-3}. */
    static String kind(String word) {
        return word.replaceAll("-[1-5]$", "");
    }

    /**
     * Those of some names, in the order of the set.
     *
     * @param names words, or kinds for all severities
     * @throws UserException for a name that the set does not have
     */
    CorruptionSet named(Collection<String> names) {
        Set<String> known = new LinkedHashSet<>();
        corruptions.forEach(each -> known.add(kind(each.word())));
        corruptions.forEach(each -> known.add(each.word()));
        names.stream().filter(name -> !known.contains(name)).findFirst().ifPresent(name -> {
            throw new UserException("--corruptions has " + name + ", "
                    + Names.suggestion(
                            name,
                            corruptions.stream()
                                    .map(each -> kind(each.word()))
                                    .distinct()
                                    .toList()));
        });
        return new CorruptionSet(
                style,
                corruptions.stream()
                        .filter(each -> names.contains(each.word()) || names.contains(kind(each.word())))
                        .toList());
    }

    /** Words of the corruptions, in order. */
    List<String> words() {
        return corruptions.stream().map(Corruption::word).toList();
    }

    /**
     * What a network's confidences are on the corrupted images, in the order of the corruptions.
     *
     * @param seed of the corruptions' draws
     */
    List<Calibration> measure(MeasuredTickets.Measured ticket, long seed) {
        Stream stream = Stream.root(seed).child("corruption");
        Calibration[] found = new Calibration[corruptions.size()];
        int threads = Math.min(found.length, Runtime.getRuntime().availableProcessors());
        // A corruption's images do not depend on the thread that makes them.
        IntStream.range(0, threads).parallel().forEach(thread -> {
            CalibrationMeter meter = new CalibrationMeter(ticket.engine());
            for (int c = thread; c < found.length; c += threads) {
                Split split = CorruptedImages.of(ticket.split(), ticket.images(), corruptions.get(c), stream);
                found[c] = meter.measure(split, ticket.images(), Optional.empty(), stream);
            }
        });
        return List.of(found);
    }

    /**
     * The mean of a number over the corruptions: without the identity, and without those beyond the published set unless all are.
     *
     * @param found in the order of the corruptions
     * @return NaN if there is only the identity
     */
    double mean(List<Calibration> found, ToDoubleFunction<Calibration> number) {
        boolean counted = corruptions.stream().anyMatch(CorruptionSet::counts);
        double sum = 0;
        int count = 0;
        for (int c = 0; c < found.size(); c++) {
            Corruption corruption = corruptions.get(c);
            if (counted ? counts(corruption) : corruption != GreyCorruption.IDENTITY) {
                sum += number.applyAsDouble(found.get(c));
                count++;
            }
        }
        return sum / count;
    }

    /** Whether there is a mean. */
    boolean hasMean() {
        return corruptions.stream().anyMatch(each -> each != GreyCorruption.IDENTITY);
    }

    /** The mean of a number over severities, by kind. */
    Map<String, Double> byKind(List<Calibration> found, ToDoubleFunction<Calibration> number) {
        return IntStream.range(0, found.size())
                .boxed()
                .collect(Collectors.groupingBy(
                        c -> kind(corruptions.get(c).word()),
                        LinkedHashMap::new,
                        Collectors.averagingDouble(c -> number.applyAsDouble(found.get(c)))));
    }

    private static boolean counts(Corruption corruption) {
        return corruption instanceof ColourCorruption colour ? colour.counted() : corruption != GreyCorruption.IDENTITY;
    }
}
