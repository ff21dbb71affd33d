package org.espalier.lab.study.prior;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import org.espalier.UserException;
import org.espalier.data.DataSet;
import org.espalier.lab.study.StudyContext;
import org.espalier.lab.study.StudyKind;
import org.espalier.lab.study.StudyResult;
import org.espalier.lab.study.loop.SmallestWeights;
import org.espalier.lab.study.loop.Spread;
import org.espalier.prune.CountingRule;
import org.espalier.random.Gaussian;
import org.espalier.random.Stream;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;

/**
 * Wu, Chen, Jiang and Wang, "Chasing better deep image priors between over- and under-parameterization" (2024): an untrained network is
 * fitted to one noisy image, pruned and rewound. A prior is good if the clean image comes before the noise.
 */
@Kind("image-priors")
public record ImagePriors(
        @Setting(value = "data set of square grey images", preset = "digits")
        String data,

        @Setting(value = "test images to restore, from the start", preset = "3", min = 1)
        int images,

        @Setting(value = "standard deviation of the noise, of 255", preset = "25", min = 0, above = true)
        double noise,

        @Setting(value = "scales of the network; each halves the side", preset = "3", min = 1)
        int scales,

        @Setting(value = "channels of each scale", preset = "16", min = 1)
        int channels,

        @Setting(value = "channels of each skip", preset = "4", min = 1)
        int skips,

        @Setting(value = "channels of the input noise", preset = "32", min = 1)
        int inputs,

        @Setting(value = "updates of each fit", preset = "3000", min = 1)
        int updates,

        @Setting(value = "learning rate of Adam", preset = "0.01", min = 0, above = true)
        double rate,

        @Setting(value = "rounds of pruning of 20 % of the weights", preset = "8", min = 0)
        int rounds,

        @Setting(value = "seed of weights, noise and input", preset = "1")
        long seed) {

    private static final double FRACTION = 0.2;

    private enum Arm {
        TICKET,
        /** As many weights of each convolution, at random. */
        RANDOM_MASK;

        String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** A fit to one image; the dense network is round 0 of the tickets. */
    private record Found(Arm arm, int round, double density, double noisy, Hourglass.Fit fit) {}

    /** Registers the study. */
    public static final class Definition implements StudyKind<ImagePriors> {
        @Override
        public Class<ImagePriors> settings() {
            return ImagePriors.class;
        }

        @Override
        public String question() {
            return "Are tickets of an untrained convolutional network better priors of images than the dense network?";
        }

        @Override
        public String source() {
            return "Wu, Chen, Jiang and Wang 2024 and their code; small images and tickets that never see the clean image"
                    + " are ours";
        }

        @Override
        public boolean needsRun() {
            return false;
        }

        @Override
        public StudyResult run(ImagePriors settings, StudyContext context) {
            DataSet data = context.data(settings.data);
            if (data.rows() != data.columns() || data.shape().channels() != 1) {
                throw new UserException("data is " + data.name() + ", whose images are " + data.shape()
                        + ", expected square grey images");
            } else if (settings.images > data.test().size()) {
                throw new UserException("images is " + settings.images + ", expected at most the "
                        + data.test().size() + " test images of " + data.name());
            }
            return settings.result(data, context.all(settings.images, image -> settings.image(context, data, image)));
        }
    }

    private List<Found> image(StudyContext context, DataSet data, int image) {
        Stream stream = Stream.root(seed).child("image priors").child(image);
        double[] clean = data.test().pixels(image);
        double[] noisy = clean.clone();
        for (int i = 0; i < noisy.length; i++) {
            noisy[i] = Math.clamp(noisy[i] + noise / 255 * Gaussian.at(stream.child("noise"), 0, i), 0.0, 1.0);
        }
        Hourglass.Form form = new Hourglass.Form(data.rows(), inputs, scales, channels, skips);
        Hourglass network = new Hourglass(form);
        double[] initial = network.initial(stream.child("initial weights"));
        double before = Hourglass.psnr(noisy, clean);
        List<Found> found = new ArrayList<>();
        BitSet kept = new BitSet();
        kept.set(0, initial.length);
        double[] trained = initial;
        for (int round = 0; round <= rounds; round++) {
            Stream draws = stream.child("round").child(round);
            if (round > 0) {
                kept = SmallestWeights.prune(
                        kept, trained, CountingRule.EXACT.pruned(FRACTION, kept.cardinality()), draws.child("ties"));
            }
            double density = (double) kept.cardinality() / initial.length;
            for (Arm arm : round == 0 ? List.of(Arm.TICKET) : List.of(Arm.values())) {
                BitSet mask = arm == Arm.TICKET ? kept : random(form, kept, draws.child("random"));
                String name = arm.text() + "-" + round;
                Hourglass.Fit fit = Hourglass.Fit.of(context.numbers("image-" + (image + 1) + "-" + name, () -> {
                    // All fits to an image see the same input and jitter.
                    Hourglass.Fit made = network.fit(noisy, clean, initial, mask, updates, rate, stream.child("input"));
                    context.say(
                            "image " + (image + 1) + ", " + name + ": PSNR " + Spread.number(made.last(), 2) + " dB");
                    return made.numbers();
                }));
                found.add(new Found(arm, round, density, before, fit));
                trained = arm == Arm.TICKET ? fit.weights() : trained;
            }
        }
        return found;
    }

    /** As many weights of each convolution as a mask keeps, at random. */
    private static BitSet random(Hourglass.Form form, BitSet kept, Stream stream) {
        BitSet mask = new BitSet();
        int first = 0;
        int layer = 0;
        for (int[] sizes : form.convolutions()) {
            int from = first;
            SmallestWeights.random(sizes[1], kept.get(from, from + sizes[1]).cardinality(), stream.child(layer++))
                    .stream()
                    .forEach(position -> mask.set(from + position));
            first += sizes[1];
        }
        return mask;
    }

    private StudyResult result(DataSet data, List<List<Found>> all) {
        List<List<String>> rows = new ArrayList<>();
        List<StudyResult.Curve> curves = new ArrayList<>();
        for (Arm arm : Arm.values()) {
            List<Double> x = new ArrayList<>();
            List<Double> y = new ArrayList<>();
            for (int at = 0; at < all.getFirst().size(); at++) {
                int index = at;
                Found first = all.getFirst().get(at);
                if (first.arm != arm) {
                    continue;
                }
                List<Found> images = all.stream().map(image -> image.get(index)).toList();
                double[] last =
                        images.stream().mapToDouble(each -> each.fit.last()).toArray();
                double[] gain = new double[last.length];
                for (int i = 0; i < gain.length; i++) {
                    gain[i] = last[i] - all.get(i).getFirst().fit.last();
                }
                List<String> row = new ArrayList<>(List.of(
                        first.round == 0 ? "dense" : arm.text(),
                        Integer.toString(first.round),
                        Spread.number(100 * first.density, 2)));
                row.addAll(Spread.cells(last, 2));
                row.addAll(Spread.cells(
                        images.stream().mapToDouble(each -> each.fit.best()).toArray(), 2));
                row.add(Spread.number(
                        Spread.mean(images.stream()
                                .mapToDouble(each -> each.fit.best() - each.fit.last())
                                .toArray()),
                        2));
                row.add(Spread.number(
                        Spread.mean(images.stream()
                                .mapToDouble(each -> each.fit.at())
                                .toArray()),
                        0));
                row.addAll(Spread.cells(gain, 2));
                rows.add(row);
                x.add((double) first.round);
                y.add(Spread.mean(last));
            }
            curves.add(new StudyResult.Curve(arm.text(), x, y));
        }
        double before = Spread.mean(
                all.stream().mapToDouble(image -> image.getFirst().noisy).toArray());
        return new StudyResult(
                List.of(new StudyResult.Table(
                        "fits",
                        "Restoring " + images + (images == 1 ? " noisy image of " : " noisy images of ") + data.name()
                                + ": means over images",
                        2,
                        List.of(
                                "network",
                                "round",
                                "density %",
                                "PSNR last",
                                "sd",
                                "PSNR best",
                                "best sd",
                                "best minus last",
                                "best update",
                                "minus dense",
                                "sd of difference"),
                        rows,
                        List.of(
                                "PSNR in dB against the clean image, of the output averaged over updates; the noisy images"
                                        + " have "
                                        + Spread.number(before, 2),
                                "masks come from fits to the noisy image; the source's come from fits to the clean one",
                                "PSNR best needs the clean image, so no user could stop there; minus dense: PSNR last,"
                                        + " within an image",
                                "sd: standard deviation over images"))),
                List.of(new StudyResult.Figure(
                        "psnr",
                        "PSNR after the last update by round",
                        "Each round prunes 20 % of the convolutions' weights.",
                        "round",
                        "PSNR (dB)",
                        curves)));
    }
}
