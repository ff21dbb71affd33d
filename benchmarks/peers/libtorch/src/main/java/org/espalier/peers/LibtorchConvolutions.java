package org.espalier.peers;

import static org.bytedeco.pytorch.global.torch.maximum_out;
import static org.bytedeco.pytorch.global.torch.minimum_out;
import static org.bytedeco.pytorch.global.torch.zeros_like;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * The PGD-10 training step of networks of convolutions on libtorch, dense, with gradients by hand.
 *
 * <p>Reads commands, one a line, and answers each with one line; see convolutions.py.
 */
public final class LibtorchConvolutions {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final float EPSILON = 0.3f;
    private static final int STEPS = 10;
    private static final int CLASSES = 10;
    private static final double RATE = 0.1; // of plain gradient descent in the checked step

    private static final Scalar ONE_TIMES = new Scalar(1f);
    private static final Scalar STEP = new Scalar(0.05f);
    private static final Scalar RADIUS = new Scalar(EPSILON);
    private static final Scalar MINUS_RADIUS = new Scalar(-EPSILON);
    private static final ScalarOptional ZERO = new ScalarOptional(new Scalar(0f));
    private static final ScalarOptional ONE = new ScalarOptional(new Scalar(1f));

    private Path folder = Path.of(".");
    private String choice = "onednn";
    private final Map<String, Case> cases = new HashMap<>();

    /** A network with images, moments and buffers. */
    private static final class Case {
        final LibtorchNetwork network;
        final Tensor x;
        final Tensor targets;
        final Tensor both;
        final Tensor bothTargets;
        final Tensor at;
        final Tensor low;
        final Tensor high;
        final Map<String, Tensor> masks = new HashMap<>();
        final Map<String, Tensor> first = new HashMap<>();
        final Map<String, Tensor> second = new HashMap<>();
        final Map<String, Tensor> scratch = new HashMap<>();
        int updates;

        Case(Path folder, boolean last, int batch) throws IOException {
            network = new LibtorchNetwork(folder, last);
            byte[] bytes = Files.readAllBytes(folder.resolve("images.u8"));
            byte[] labels = Files.readAllBytes(folder.resolve("labels.u8"));
            int count = batch == 0 ? labels.length : batch;
            float[] pixels = new float[count * (bytes.length / labels.length)];
            for (int i = 0; i < pixels.length; i++) {
                pixels[i] = (bytes[i] & 255) / 255f;
            }
            float[] hot = new float[count * CLASSES];
            for (int i = 0; i < count; i++) {
                hot[i * CLASSES + labels[i]] = 1;
            }
            int[] image = network.image;
            x = network.laid(Tensor.create(pixels, count, image[0], image[1], image[2]));
            targets = Tensor.create(hot, count, CLASSES);
            both = network.laid(torch.zeros(2L * count, image[0], image[1], image[2]));
            both.narrow(0, 0, count).copy_(x);
            bothTargets = torch.cat(new TensorVector(targets, targets), 0);
            at = zeros_like(x);
            low = zeros_like(x);
            high = zeros_like(x);
        }

        void readMasks(Path folder) throws IOException {
            for (Map.Entry<String, Tensor> parameter : network.parameters.entrySet()) {
                Tensor value = parameter.getValue();
                if (value.dim() > 1) {
                    byte[] bytes = Files.readAllBytes(folder.resolve(parameter.getKey() + ".u8"));
                    float[] kept = new float[bytes.length];
                    for (int i = 0; i < kept.length; i++) {
                        kept[i] = bytes[i];
                    }
                    Tensor mask = Tensor.create(kept, bytes.length);
                    masks.put(parameter.getKey(), network.laid(value.dim() == 4
                            ? mask.view(value.size(0), value.size(1), value.size(2), value.size(3))
                            : mask.view(value.size(0), value.size(1))));
                }
            }
        }
    }

    private static Tensor error(Tensor logits, Tensor targets) {
        return logits.softmax(1).sub_(targets);
    }

    private static void attack(Case c, boolean noise) {
        torch.add_out(c.low, c.x, MINUS_RADIUS, ONE_TIMES).clamp_(ZERO, ONE);
        torch.add_out(c.high, c.x, RADIUS, ONE_TIMES).clamp_(ZERO, ONE);
        if (noise) {
            c.at.uniform_(-EPSILON, EPSILON, new GeneratorOptional());
            c.at.add_(c.x).clamp_(ZERO, ONE);
        } else {
            c.at.copy_(c.x);
        }
        c.network.prepare(c.masks, true);
        for (int i = 0; i < STEPS; i++) {
            try (PointerScope scope = new PointerScope()) {
                LibtorchNetwork.Pass pass = new LibtorchNetwork.Pass();
                Tensor logits = c.network.forward(c.at, false, pass);
                Tensor gradient = c.network.backward(error(logits, c.targets), pass, null);
                c.at.add_(gradient.sign_(), STEP);
                maximum_out(c.at, c.at, c.low);
                minimum_out(c.at, c.at, c.high);
            }
        }
    }

    private static void gradient(Case c, Tensor x, Tensor targets, Map<String, Tensor> into) {
        LibtorchNetwork.Pass pass = new LibtorchNetwork.Pass();
        Tensor logits = c.network.forward(x, true, pass);
        Tensor error = error(logits, targets).mul_(new Scalar(0.5 / c.x.size(0)));
        c.network.backward(error, pass, into);
    }

    private static void step(Case c, boolean adam, boolean noise) {
        try (PointerScope scope = new PointerScope()) {
            attack(c, noise);
            c.network.prepare(c.masks, false);
            Map<String, Tensor> gradients = new HashMap<>();
            if (c.network.norms) { // statistics of each half by itself
                gradient(c, c.x, c.targets, gradients);
                gradient(c, c.at, c.targets, gradients);
            } else {
                c.both.narrow(0, c.x.size(0), c.x.size(0)).copy_(c.at);
                gradient(c, c.both, c.bothTargets, gradients);
            }
            c.masks.forEach((name, mask) -> gradients.get(name).mul_(mask));
            c.updates++;
            c.network.parameters.forEach((name, value) -> {
                if (adam) {
                    adam(c, name, value, gradients.get(name));
                } else {
                    value.add_(gradients.get(name), new Scalar(-RATE));
                }
            });
        }
    }

    private static void adam(Case c, String name, Tensor value, Tensor gradient) {
        double size = 1.2e-3 * Math.sqrt(1 - Math.pow(0.999, c.updates)) / (1 - Math.pow(0.9, c.updates));
        Tensor first = c.first.get(name);
        Tensor second = c.second.get(name);
        Tensor scratch = c.scratch.get(name);
        first.mul_(new Scalar(0.9f)).add_(gradient, new Scalar(0.1f));
        second.mul_(new Scalar(0.999f)).addcmul_(gradient, gradient, new Scalar(0.001f));
        scratch.copy_(second).sqrt_().add_(new Scalar(1e-7f));
        value.addcdiv_(first, scratch, new Scalar((float) -size));
    }

    private Case made(int batch) throws IOException {
        return new Case(folder, choice.endsWith("last"), batch);
    }

    private void check(String ending) throws IOException {
        Case c = made(0);
        c.readMasks(folder);
        step(c, false, false);
        Map<String, Tensor> all = new HashMap<>(c.network.parameters);
        all.putAll(c.network.running);
        for (Map.Entry<String, Tensor> entry : all.entrySet()) {
            LibtorchNetwork.write(entry.getValue(), folder.resolve(entry.getKey() + "." + ending));
        }
    }

    private double time(int batch, double seconds) throws IOException {
        String key = choice + " " + batch;
        if (!cases.containsKey(key)) {
            Case c = made(batch);
            c.network.parameters.forEach((name, value) -> {
                c.first.put(name, zeros_like(value));
                c.second.put(name, zeros_like(value));
                c.scratch.put(name, zeros_like(value));
            });
            cases.put(key, c);
        }
        Case c = cases.get(key);
        double spent = 0;
        double least = Double.POSITIVE_INFINITY;
        do {
            long from = THREADS.getCurrentThreadCpuTime();
            step(c, true, true);
            double passed = (THREADS.getCurrentThreadCpuTime() - from) / 1e9;
            spent += passed;
            least = Math.min(least, passed);
        } while (spent < seconds);
        return least;
    }

    private String answer(String[] words) throws IOException {
        switch (words[0]) {
            case "network" -> {
                folder = Path.of(words[1]);
                cases.clear();
                System.gc(); // frees the tensors
            }
            case "use" -> {
                choice = words[1];
                torch.globalContext().setUserEnabledMkldnn(!choice.equals("blas"));
            }
            case "check" -> check(words[1]);
            case "time" -> {
                return Double.toString(time(Integer.parseInt(words[1]), Double.parseDouble(words[2])));
            }
            default -> throw new IllegalArgumentException("no command " + words[0]);
        }
        return "done";
    }

    /** Takes no arguments. */
    public static void main(String[] arguments) throws IOException {
        torch.set_num_threads(1);
        try (NoGradGuard guard = new NoGradGuard();
                BufferedReader in = new BufferedReader(new InputStreamReader(System.in))) {
            LibtorchConvolutions peer = new LibtorchConvolutions();
            System.out.println("ready libtorch 2.10 from Java");
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                System.out.println(peer.answer(line.split(" ")));
            }
        }
    }
}
