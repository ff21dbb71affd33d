package org.espalier.peers;

import static org.bytedeco.pytorch.global.torch.maximum_out;
import static org.bytedeco.pytorch.global.torch.minimum_out;
import static org.bytedeco.pytorch.global.torch.mm_out;
import static org.bytedeco.pytorch.global.torch.mul_out;
import static org.bytedeco.pytorch.global.torch.zeros;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The training step on libtorch, dense under a mask, with gradients written by hand: matrix products into buffers made
 * once, masked weights made once a step, in-place elementwise work, no autograd.
 *
 * <p>Reads commands, one a line, and answers each with one line; see compare.py.
 */
public final class Libtorch {
    private static final float EPSILON = 0.3f;
    private static final int STEPS = 10;
    private static final int BATCH = 60;
    private static final int TILE = 500; // images evaluated at once
    private static final int[] WIDTHS = {784, 300, 100, 10};

    private static final Scalar PLUS = new Scalar(0.05f);
    private static final Scalar RADIUS = new Scalar(EPSILON);
    private static final Scalar MINUS_RADIUS = new Scalar(-EPSILON);
    private static final Scalar ADAM_EPSILON = new Scalar(1e-7f);
    private static final Scalar ZERO_SCALAR = new Scalar(0f);
    private static final ScalarOptional ZERO = new ScalarOptional(new Scalar(0f));
    private static final ScalarOptional ONE = new ScalarOptional(new Scalar(1f));

    private final Tensor[] initial = new Tensor[3];
    private final Tensor[] masks = new Tensor[3];
    private final Tensor[] weights = new Tensor[3];
    private final Tensor[] masked = new Tensor[3];
    private final Tensor[] turned = new Tensor[3]; // views
    private final Tensor[] gradients = new Tensor[3];
    private final Tensor[] first = new Tensor[3];
    private final Tensor[] second = new Tensor[3];
    private final Tensor[] scratch = new Tensor[3];
    private int updates;

    private final Tensor images;
    private final Tensor targets; // one-hot
    private final byte[] labels;
    private final Tensor evaluated;
    private final Tensor evaluatedTargets;
    private final Buffers step = new Buffers(2 * BATCH, BATCH);
    private final Buffers attack = new Buffers(BATCH, BATCH);
    private final Buffers evaluation = new Buffers(TILE, TILE);
    private List<Long> order;
    private int at;

    /** What a batch passes through. */
    private static final class Buffers {
        final Tensor x;
        final Tensor[] h = new Tensor[3];
        final Tensor[] d = new Tensor[3];
        final Tensor gx;
        final Tensor y;
        final Tensor low;
        final Tensor high;

        Buffers(int rows, int clean) {
            x = zeros(rows, WIDTHS[0]);
            for (int l = 0; l < 3; l++) {
                h[l] = zeros(rows, WIDTHS[l + 1]);
                d[l] = zeros(rows, WIDTHS[l + 1]);
            }
            gx = zeros(clean, WIDTHS[0]);
            y = zeros(rows, WIDTHS[3]);
            low = zeros(clean, WIDTHS[0]);
            high = zeros(clean, WIDTHS[0]);
        }
    }

    private Libtorch(Path folder) throws IOException {
        ByteBuffer floats = ByteBuffer.wrap(Files.readAllBytes(folder.resolve("weights.f32")))
                .order(ByteOrder.LITTLE_ENDIAN);
        byte[] kept = Files.readAllBytes(folder.resolve("mask.u8"));
        int from = 0;
        for (int l = 0; l < 3; l++) {
            int size = WIDTHS[l] * WIDTHS[l + 1];
            float[] w = new float[size];
            float[] m = new float[size];
            for (int i = 0; i < size; i++) {
                w[i] = floats.getFloat();
                m[i] = kept[from + i];
            }
            from += size;
            initial[l] = Tensor.create(w, WIDTHS[l + 1], WIDTHS[l]);
            masks[l] = Tensor.create(m, WIDTHS[l + 1], WIDTHS[l]);
            weights[l] = zeros(WIDTHS[l + 1], WIDTHS[l]);
            masked[l] = zeros(WIDTHS[l + 1], WIDTHS[l]);
            turned[l] = masked[l].t();
            gradients[l] = zeros(WIDTHS[l + 1], WIDTHS[l]);
            first[l] = zeros(WIDTHS[l + 1], WIDTHS[l]);
            second[l] = zeros(WIDTHS[l + 1], WIDTHS[l]);
            scratch[l] = zeros(WIDTHS[l + 1], WIDTHS[l]);
        }
        byte[] bytes = Files.readAllBytes(folder.resolve("images.u8"));
        labels = Files.readAllBytes(folder.resolve("labels.u8"));
        float[] pixels = new float[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            pixels[i] = (bytes[i] & 255) / 255f;
        }
        images = Tensor.create(pixels, labels.length, WIDTHS[0]);
        float[] hot = new float[labels.length * WIDTHS[3]];
        for (int i = 0; i < labels.length; i++) {
            hot[i * WIDTHS[3] + labels[i]] = 1;
        }
        targets = Tensor.create(hot, labels.length, WIDTHS[3]);
        evaluated = images.narrow(0, 0, 2000);
        evaluatedTargets = targets.narrow(0, 0, 2000);
        order = shuffled();
        start();
    }

    private void start() {
        updates = 0;
        for (int l = 0; l < 3; l++) {
            weights[l].copy_(initial[l]);
            first[l].zero_();
            second[l].zero_();
        }
        mask();
    }

    private void mask() {
        for (int l = 0; l < 3; l++) {
            mul_out(masked[l], weights[l], masks[l]);
        }
    }

    private List<Long> shuffled() {
        List<Long> all = new java.util.ArrayList<>(
                IntStream.range(0, labels.length).asLongStream().boxed().toList());
        Collections.shuffle(all);
        at = 0;
        return all;
    }

    private void forward(Tensor x, Tensor[] h) {
        mm_out(h[0], x, turned[0]);
        h[0].relu_();
        mm_out(h[1], h[0], turned[1]);
        h[1].relu_();
        mm_out(h[2], h[1], turned[2]);
    }

    /** From the logits' gradient in d[2] back to the first layer's outputs. */
    private void back(Tensor[] h, Tensor[] d) {
        mm_out(d[1], d[2], masked[2]);
        torch.threshold_backward_outf(d[1], h[1], ZERO_SCALAR, d[1]);
        mm_out(d[0], d[1], masked[1]);
        torch.threshold_backward_outf(d[0], h[0], ZERO_SCALAR, d[0]);
    }

    private static void softmaxMinus(Tensor[] h, Tensor target, Tensor[] d) {
        d[2].copy_(h[2].softmax(1)).sub_(target);
    }

    /** The sign of the loss's gradient at x, into b.gx. */
    private void direction(Buffers b, Tensor x, Tensor target) {
        forward(x, b.h);
        softmaxMinus(b.h, target, b.d);
        back(b.h, b.d);
        mm_out(b.gx, b.d[0], masked[0]);
        b.gx.sign_();
    }

    /** PGD from a start in b.x to an end there. */
    private void pgd(Buffers b, Tensor clean, Tensor target, boolean random) {
        torch.add_out(b.low, clean, MINUS_RADIUS, new Scalar(1f)).clamp_(ZERO, ONE);
        torch.add_out(b.high, clean, RADIUS, new Scalar(1f)).clamp_(ZERO, ONE);
        if (random) {
            b.x.uniform_(-EPSILON, EPSILON, new org.bytedeco.pytorch.GeneratorOptional());
            b.x.add_(clean).clamp_(ZERO, ONE);
        } else {
            b.x.copy_(clean);
        }
        for (int i = 0; i < STEPS; i++) {
            direction(b, b.x, target);
            b.x.add_(b.gx, PLUS);
            maximum_out(b.x, b.x, b.low);
            minimum_out(b.x, b.x, b.high);
        }
    }

    private void step(String kind, Tensor clean, Tensor target, boolean random) {
        mask();
        if (kind.equals("natural")) {
            forward(clean, attack.h);
            softmaxMinus(attack.h, target, attack.d);
            attack.d[2].mul_(new Scalar(1f / BATCH));
            back(attack.h, attack.d);
            update(clean, attack.h, attack.d);
            return;
        }
        Tensor adversarial = step.x.narrow(0, BATCH, BATCH);
        step.x.narrow(0, 0, BATCH).copy_(clean);
        step.y.narrow(0, 0, BATCH).copy_(target);
        step.y.narrow(0, BATCH, BATCH).copy_(target);
        if (kind.equals("fgsm")) {
            direction(attack, clean, target);
            torch.add_out(adversarial, clean, attack.gx, RADIUS).clamp_(ZERO, ONE);
        } else {
            pgd(attack, clean, target, random);
            adversarial.copy_(attack.x);
        }
        forward(step.x, step.h);
        softmaxMinus(step.h, step.y, step.d);
        step.d[2].mul_(new Scalar(0.5f / BATCH));
        back(step.h, step.d);
        update(step.x, step.h, step.d);
    }

    private void update(Tensor x, Tensor[] h, Tensor[] d) {
        updates++;
        double size = 1.2e-3 * Math.sqrt(1 - Math.pow(0.999, updates)) / (1 - Math.pow(0.9, updates));
        for (int l = 0; l < 3; l++) {
            mm_out(gradients[l], d[l].t(), l == 0 ? x : h[l - 1]);
            gradients[l].mul_(masks[l]);
            first[l].mul_(new Scalar(0.9f)).add_(gradients[l], new Scalar(0.1f));
            second[l].mul_(new Scalar(0.999f)).addcmul_(gradients[l], gradients[l], new Scalar(0.001f));
            scratch[l].copy_(second[l]).sqrt_().add_(ADAM_EPSILON);
            weights[l].addcdiv_(first[l], scratch[l], new Scalar((float) -size));
        }
    }

    private int work(String kind) {
        try (PointerScope scope = new PointerScope()) {
            if (kind.equals("evaluation")) {
                mask();
                for (int i = 0; i < 2000; i += TILE) {
                    Tensor clean = evaluated.narrow(0, i, TILE);
                    forward(clean, evaluation.h);
                    evaluation.h[2].argmax();
                    pgd(evaluation, clean, evaluatedTargets.narrow(0, i, TILE), true);
                    forward(evaluation.x, evaluation.h);
                    evaluation.h[2].argmax();
                }
                return 2000;
            }
            if (at + BATCH > order.size()) {
                order = shuffled();
            }
            long[] batch = new long[BATCH];
            Arrays.setAll(batch, i -> order.get(at + i));
            at += BATCH;
            Tensor index = Tensor.create(batch);
            step(kind, images.index_select(0, index), targets.index_select(0, index), true);
            return 1;
        }
    }

    /** Natural loss on the last 1,000 images after training on the first ones in order, without random starts. */
    private double check(String kind, int steps) {
        try (PointerScope scope = new PointerScope()) {
            start();
            for (int i = 0; i < steps; i++) {
                step(kind, images.narrow(0, i * BATCH, BATCH), targets.narrow(0, i * BATCH, BATCH), false);
            }
            mask();
            Tensor last = images.narrow(0, labels.length - 1000, 1000);
            Buffers buffers = new Buffers(1000, 1);
            forward(last, buffers.h);
            Tensor log = buffers.h[2].log_softmax(1);
            double loss = -log.mul(targets.narrow(0, labels.length - 1000, 1000)).sum().item_float() / 1000;
            start();
            return loss;
        }
    }

    /** Arguments: the folder with weights and images, and the number of threads. */
    public static void main(String[] arguments) throws IOException {
        torch.set_num_threads(Integer.parseInt(arguments[1]));
        try (NoGradGuard guard = new NoGradGuard();
                BufferedReader in = new BufferedReader(new InputStreamReader(System.in))) {
            Libtorch peer = new Libtorch(Path.of(arguments[0]));
            System.out.println("ready libtorch 2.10 from Java");
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String[] command = line.split(" ");
                if (command[0].equals("check")) {
                    System.out.println(peer.check(command[1], Integer.parseInt(command[2])));
                } else {
                    long from = System.nanoTime();
                    long units = 0;
                    double passed = 0;
                    while (units == 0 || passed < Double.parseDouble(command[2])) {
                        units += peer.work(command[1]);
                        passed = (System.nanoTime() - from) / 1e9;
                    }
                    System.out.println(units / passed);
                }
            }
        }
    }
}
