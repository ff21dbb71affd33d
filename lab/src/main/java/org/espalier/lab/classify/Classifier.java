package org.espalier.lab.classify;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.espalier.evaluate.certify.BoundMethod;
import org.espalier.evaluate.certify.Certifier;
import org.espalier.lab.store.NetworkFile;
import org.espalier.lab.store.StoredNetwork;
import org.espalier.network.Architecture;
import org.espalier.network.Shape;
import org.jspecify.annotations.Nullable;

/**
 * A ticket in use. May be called by several threads at once: each call borrows buffers of its own, which are kept for later calls, so
 * that a call allocates nothing once as many calls have run at the same time before. Surviving weights alone are computed where that
 * is faster.
 *
 * <pre>{@code
 * Classifier classifier = Classifier.load(Path.of("ticket.safetensors"));
 * float[] probabilities = new float[classifier.classes()];
 * classifier.probabilities(pixels, 1, probabilities);
 * }</pre>
 */
public final class Classifier {
    /** Calls at the same time whose buffers are kept. */
    private static final int KEPT = 64;

    private final StoredNetwork network;
    private final @Nullable SparseColumns columns; // of a fully connected network
    private final AtomicReferenceArray<@Nullable Worker> idle = new AtomicReferenceArray<>(KEPT);

    private final Queue<RadiusSearch> certifiers = new ConcurrentLinkedQueue<>();

    private Classifier(StoredNetwork network) {
        this.network = network;
        columns = network.mask().architecture().fullyConnected().isPresent()
                ? new SparseColumns(network.weights(), network.mask())
                : null;
    }

    /** A network in use. Later changes of its weights have no effect on fully connected networks and must not be made. */
    public static Classifier of(StoredNetwork network) {
        return new Classifier(network);
    }

    /**
     * Loads a ticket's file: safetensors, or the compact form.
     *
     * @throws org.espalier.UserException if it is missing or damaged
     */
    public static Classifier load(Path file) {
        return of(NetworkFile.read(file).network());
    }

    /** Numbers of one input. */
    public int inputs() {
        return architecture().inputs();
    }

    /** Shape of one input: channels x rows x columns, or one dimension. */
    public Shape input() {
        return architecture().graph().input();
    }

    /** Number of classes. */
    public int classes() {
        return architecture().classes();
    }

    private Architecture architecture() {
        return network.mask().architecture();
    }

    /**
     * Computes the probability of each class, the softmax of the logits.
     *
     * @param inputs [example][input], each pixel in [0, 1], channels first
     * @param examples number of inputs, at least 1
     * @param probabilities receives [example][class], each in [0, 1]
     * @throws IllegalArgumentException if an array is too short
     */
    public void probabilities(float[] inputs, int examples, float[] probabilities) {
        logits(inputs, examples, probabilities);
        int classes = classes();
        for (int e = 0; e < examples; e++) {
            softmax(probabilities, e * classes, classes);
        }
    }

    /**
     * Computes the logits.
     *
     * @param logits receives [example][class]
     * @throws IllegalArgumentException if an array is too short
     */
    public void logits(float[] inputs, int examples, float[] logits) {
        if (examples < 1 || inputs.length < (long) examples * inputs() || logits.length < (long) examples * classes()) {
            throw new IllegalArgumentException(
                    examples + " examples need at least 1 example, " + inputs() + " inputs and " + classes()
                            + " outputs each, got arrays of " + inputs.length + " and " + logits.length);
        }
        Worker worker = borrow();
        try {
            worker.logits(inputs, examples, logits);
        } finally {
            giveBack(worker);
        }
    }

    /** The most probable class of one input, the lowest of several. */
    public int predict(float[] input) {
        Worker worker = borrow();
        try {
            worker.logits(input, 1, worker.one);
            return largest(worker.one, 0, classes());
        } finally {
            giveBack(worker);
        }
    }

    /**
     * Classifies inputs and certifies each answer: finds a radius within which no change of pixels changes the class. Bounds cost
     * hundreds to many thousands of predictions: about a dozen radii are tried for each input.
     *
     * @param inputs [example][input], each pixel in [0, 1], channels first
     * @param examples number of inputs, at least 1
     * @param method bounds; {@link BoundMethod#IBP} is the fastest, {@link BoundMethod#CROWN} gives larger radii
     * @return one answer for each input, the radius rounded down by at most 1 %
     * @throws IllegalArgumentException if the array is too short, or a value lies outside [0, 1]
     */
    public List<CertifiedAnswer> certify(float[] inputs, int examples, BoundMethod method) {
        float[] logits = new float[Math.multiplyExact(examples, classes())];
        logits(inputs, examples, logits);
        RadiusSearch search = certifiers.poll();
        if (search == null) {
            search = new RadiusSearch(new Certifier(network.weights(), network.mask()));
        }
        List<CertifiedAnswer> answers = new ArrayList<>();
        for (int e = 0; e < examples; e++) {
            answers.add(search.of(inputs, e * inputs(), inputs(), largest(logits, e * classes(), classes()), method));
        }
        certifiers.add(search);
        return answers;
    }

    /**
     * Place of the largest of some numbers, the first of several.
     *
     * @param from index of the first
     */
    static int largest(float[] values, int from, int count) {
        int best = 0;
        for (int c = 1; c < count; c++) {
            if (values[from + c] > values[from + best]) {
                best = c;
            }
        }
        return best;
    }

    private static void softmax(float[] values, int from, int count) {
        float highest = values[from + largest(values, from, count)];
        double sum = 0;
        for (int c = from; c < from + count; c++) {
            sum += StrictMath.exp((double) values[c] - highest);
        }
        for (int c = from; c < from + count; c++) {
            values[c] = (float) (StrictMath.exp((double) values[c] - highest) / sum);
        }
    }

    private Worker borrow() {
        for (int i = 0; i < KEPT; i++) {
            Worker worker = idle.get(i);
            if (worker != null && idle.compareAndSet(i, worker, null)) {
                return worker;
            }
        }
        return new Worker(network, columns);
    }

    private void giveBack(Worker worker) {
        for (int i = 0; i < KEPT; i++) {
            if (idle.get(i) == null && idle.compareAndSet(i, null, worker)) {
                return;
            }
        }
    }
}
