package org.espalier.lab.certification;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.espalier.UserException;
import org.espalier.attack.Attacker;
import org.espalier.attack.Norm;
import org.espalier.attack.strong.Attempt;
import org.espalier.attack.strong.Examples;
import org.espalier.attack.strong.Target;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.evaluate.certify.Decision;
import org.espalier.evaluate.certify.Margins;
import org.espalier.evaluate.certify.Verification;
import org.espalier.evaluate.certify.Verifier;
import org.espalier.lab.file.AtomicFiles;
import org.espalier.lab.file.StoreLock;
import org.espalier.lab.jobs.JobQueue;
import org.espalier.lab.jobs.PartedWork;
import org.espalier.lab.tickets.Ticket;
import org.espalier.lab.tickets.TicketData;
import org.espalier.random.Stream;

/**
 * Certifies tickets, images on several threads, and stores each result. The same request continues an interrupted one.
 * Results depend on neither threads nor interruptions, nor on the machine unless there is a limit of time.
 */
public final class CertificationRunner {
    /** Seed of the attack's random starts. */
    private static final long SEED = 1;

    /** Images per task: many for bounds, few for exact verification, where one image may take minutes. */
    private static final int BOUND_IMAGES = ActivationPanels.LANES;

    private static final int EXACT_IMAGES = 4;

    private final int jobs;
    private final CertificationObserver observer;
    private volatile boolean stopping;

    /**
     * A runner.
     *
     * @param jobs threads, at least 1
     */
    public CertificationRunner(int jobs, CertificationObserver observer) {
        this.jobs = jobs;
        this.observer = observer;
    }

    /** Asks the run to end soon, from any thread; images done are kept. */
    public void stop() {
        stopping = true;
    }

    /**
     * Certifies one ticket at one radius, or reads what was stored.
     *
     * @return empty if {@link #stop} was called before it was whole
     * @throws org.espalier.UserException if the network does not fit the data, or files are damaged or cannot be written,
     *     or another process is certifying tickets of the same search
     */
    public Optional<Certification> run(CertificationRequest request) {
        TicketData.check(
                request.ticket().network(), request.set(), request.ticket().file());
        CertificationDirectory directory = new CertificationDirectory(request);
        Optional<Certification> before = directory.whole();
        if (before.isPresent() && !directory.working()) {
            AtomicFiles.flushDirectory(directory.directory());
            observer.finished(request, true);
            return before;
        }
        Path root = lockRoot(request.ticket());
        AtomicFiles.makeDirectory(root);
        // Two at once would each write the file of work from its own images alone.
        try (StoreLock lock = StoreLock.acquire(root)) {
            return certify(request, directory);
        }
    }

    /** One lock for all levels of a search. */
    private static Path lockRoot(Ticket ticket) {
        return ticket.place()
                .filter(place -> ticket.elsewhere().isEmpty())
                .map(place -> place.store().resolve(Ticket.CERTIFICATES))
                .orElseGet(ticket::certificates);
    }

    private Optional<Certification> certify(CertificationRequest request, CertificationDirectory directory) {
        Optional<Certification> stored = directory.whole(); // another may have finished it just before
        if (stored.isPresent()) {
            AtomicFiles.flushDirectory(directory.directory());
            directory.deleteWork(); // still there after a crash between the certificate and this line
            observer.finished(request, true);
            return stored;
        }
        Map<Integer, CertificationDirectory.Done> done = directory.begun();
        directory.begin(done);
        new Work(request, directory, done).run();
        if (done.size() < request.images()) {
            return Optional.empty();
        }
        Certification certification = directory.gather(done);
        if (BoundsConsistency.violations(List.of(certification)).isEmpty()) {
            directory.finish(certification);
        } // if bounds and attack contradict each other, the evidence stays in the file of work and there is no
        // certificate
        observer.finished(request, false);
        return Optional.of(certification);
    }

    /**
     * A request as work that machines share: by images. Where bounds and attack contradict each other, there is no certificate,
     * and {@link #run} says so.
     *
     * @param root of the shared store, which the certificate's directory is in
     * @throws org.espalier.UserException if the network does not fit the data
     */
    public static PartedWork parted(CertificationRequest request, Path root) {
        TicketData.check(
                request.ticket().network(), request.set(), request.ticket().file());
        return new Parts(
                request,
                new CertificationDirectory(request),
                root.toAbsolutePath()
                        .relativize(request.directory().toAbsolutePath())
                        .toString()
                        .replace('\\', '/'));
    }

    /**
     * What is stored of a request whose images are all done: the certificate, or the images where bounds and attack contradict
     * each other.
     *
     * @throws UserException if some image is not done, or files are damaged
     */
    public static Certification stored(CertificationRequest request) {
        CertificationDirectory directory = new CertificationDirectory(request);
        return directory.whole().orElseGet(() -> {
            Map<Integer, CertificationDirectory.Done> done = directory.begun();
            if (done.size() < request.images()) {
                throw new UserException(directory.directory() + " holds " + done.size() + " images, expected "
                        + request.images() + "; run the same command again");
            }
            return directory.gather(done);
        });
    }

    private static int tile(CertificationRequest request) {
        return request.method().exact() ? EXACT_IMAGES : BOUND_IMAGES;
    }

    private record Parts(CertificationRequest request, CertificationDirectory directory, String folder)
            implements PartedWork {
        @Override
        public String last() {
            return CertificationDirectory.CERTIFICATE;
        }

        @Override
        public int parts() {
            return Math.ceilDiv(request.images(), tile(request));
        }

        @Override
        public String part(int part) {
            return CertificationDirectory.part(part);
        }

        private int first(int part) {
            return part * tile(request);
        }

        private int images(int part) {
            return Math.min(tile(request), request.images() - first(part));
        }

        @Override
        public boolean sound(int part, byte[] content) {
            try {
                Set<Integer> images =
                        CertificationDirectory.begun(content, part(part)).keySet();
                return images.size() == images(part)
                        && images.stream()
                                .allMatch(image -> image >= first(part) && image < first(part) + images(part));
            } catch (UserException e) {
                return false;
            }
        }

        @Override
        public Maker maker() {
            Worker worker = new Worker(request);
            return (part, stop) -> {
                worker.attack(first(part), images(part));
                List<CertificationDirectory.Done> done = new ArrayList<>();
                for (int i = 0; i < images(part); i++) {
                    Optional<CertificationDirectory.Done> image =
                            stop.getAsBoolean() ? Optional.empty() : worker.certify(first(part), i, stop);
                    if (image.isEmpty()) {
                        return Optional.empty();
                    }
                    done.add(image.get());
                }
                return Optional.of(CertificationDirectory.lines(done));
            };
        }

        @Override
        public Map<String, byte[]> finish(List<byte[]> parts) {
            Map<Integer, CertificationDirectory.Done> done = new TreeMap<>();
            for (int part = 0; part < parts.size(); part++) {
                done.putAll(CertificationDirectory.begun(parts.get(part), part(part)));
            }
            Certification certification = directory.gather(done);
            return BoundsConsistency.violations(List.of(certification)).isEmpty()
                    ? directory.files(certification)
                    : Map.of();
        }

        @Override
        public String label() {
            return request.ticket().label() + ", epsilon " + request.epsilon();
        }
    }

    /** One request in work. */
    private final class Work {
        final CertificationRequest request;
        final CertificationDirectory directory;
        final Map<Integer, CertificationDirectory.Done> done; // guarded by itself
        final int tile;

        Work(
                CertificationRequest request,
                CertificationDirectory directory,
                Map<Integer, CertificationDirectory.Done> done) {
            this.request = request;
            this.directory = directory;
            this.done = done;
            tile = tile(request);
        }

        void run() {
            List<Integer> tiles = IntStream.range(0, Math.ceilDiv(request.images(), tile))
                    .boxed()
                    .toList();
            JobQueue.independent(tiles, () -> stopping).run(jobs, () -> {
                Worker worker = new Worker(request);
                return (number, stop) -> certifyTile(worker, tile * number, stop);
            });
        }

        private JobQueue.End certifyTile(Worker worker, int first, BooleanSupplier stop) {
            int images = Math.min(tile, request.images() - first);
            if (!allDone(first, images)) {
                worker.attack(first, images);
                for (int i = 0; i < images; i++) {
                    if (stop.getAsBoolean()) {
                        return JobQueue.End.STOPPED;
                    }
                    certify(worker, first, i, stop);
                }
            }
            return JobQueue.End.DONE;
        }

        private boolean allDone(int first, int images) {
            synchronized (done) {
                for (int i = first; i < first + images; i++) {
                    if (!done.containsKey(i)) {
                        return false;
                    }
                }
                return true;
            }
        }

        private void certify(Worker worker, int first, int i, BooleanSupplier stop) {
            synchronized (done) {
                if (done.containsKey(first + i)) {
                    return;
                }
            }
            worker.certify(first, i, stop).ifPresent(result -> {
                synchronized (done) {
                    directory.append(result);
                    done.put(first + i, result);
                    observer.image(request, done.size());
                }
            });
        }
    }

    /** What one thread works with. */
    private static final class Worker {
        final CertificationRequest request;
        final Engine engine;
        final Verifier verifier;
        final ActivationBuffers buffers;
        final Attacker attacker;
        final int[] order = new int[ActivationPanels.LANES];
        List<Attempt> attempts = List.of(); // of the present tile, in L2 and L1

        Worker(CertificationRequest request) {
            this.request = request;
            var network = request.ticket().network();
            engine = Engines.create(network.mask().architecture());
            engine.load(network.weights(), network.mask());
            verifier = new Verifier(engine);
            buffers = engine.newBuffers(2 * ActivationPanels.LANES);
            attacker = request.attack().bind(engine, buffers);
        }

        /** Writes clean images to panel 0 and adversarial ones to panel 1. */
        void attack(int first, int images) {
            for (int i = 0; i < images; i++) {
                order[i] = first + i;
            }
            engine.ops().loadImages(request.split(), order, 0, images, buffers.input(), 0);
            engine.forward(buffers, 0, 1);
            Stream noise = Stream.root(SEED).child("certification");
            if (request.norm() != Norm.LINF) {
                attempts = request.strongAttack()
                        .run(new Target(engine), Examples.of(request.split(), first, images), request.threat(), noise);
                return;
            }
            attacker.perturb(request.split().labels(), first, images, noise, first);
            attacker.fillUnreadInputs(images, noise, first);
        }

        Optional<CertificationDirectory.Done> certify(int first, int i, BooleanSupplier stopping) {
            float[] image = pixels(i);
            int label = request.split().labels()[first + i];
            int predicted = verifier.counterexamples().predict(image);
            int attacked = predicted;
            if (predicted == label && request.norm() != Norm.LINF) {
                Attempt attempt = attempts.get(i);
                attacked = attempt.success() ? verifier.counterexamples().predict(attempt.input()) : label;
            } else if (predicted == label) {
                Optional<float[]> broken = verifier.counterexamples()
                        .judge(image, label, request.threat(), pixels(ActivationPanels.LANES + i));
                attacked = broken.map(verifier.counterexamples()::predict).orElse(label);
            }
            long start = processorTime();
            ImageCertificate certificate = request.method().exact()
                    ? exact(first + i, image, label, predicted, attacked, stopping)
                    : bound(first + i, image, label, predicted, attacked);
            boolean asked = certificate.lower().isPresent();
            double seconds = asked ? (processorTime() - start) * 1e-9 : 0;
            boolean cut =
                    request.method().exact() && certificate.decision() == Decision.UNKNOWN && stopping.getAsBoolean();
            return cut ? Optional.empty() : Optional.of(new CertificationDirectory.Done(certificate, seconds));
        }

        /** Nanoseconds that this thread has computed, which other work on the machine does not lengthen. */
        private static long processorTime() {
            return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        }

        /**
         * Bounds are computed for all images that are classified right, broken ones too, because a broken image checks
         * the bounds.
         */
        private ImageCertificate bound(int number, float[] image, int label, int predicted, int attacked) {
            if (predicted != label) {
                return known(number, label, predicted, attacked);
            }
            Margins margins = verifier.certifier()
                    .margins(
                            image,
                            label,
                            request.threat(),
                            request.method().bounds().orElseThrow());
            Decision decision =
                    margins.certified() ? Decision.VERIFIED : attacked != label ? Decision.FALSIFIED : Decision.UNKNOWN;
            return new ImageCertificate(
                    number,
                    label,
                    predicted,
                    attacked,
                    decision,
                    Optional.of(margins.worst()),
                    margins.unstable(),
                    0,
                    Optional.empty());
        }

        private ImageCertificate exact(
                int number, float[] image, int label, int predicted, int attacked, BooleanSupplier stopping) {
            if (predicted != label || attacked != label) {
                return known(number, label, predicted, attacked);
            }
            long start = System.nanoTime();
            double limit = request.secondsPerImage().orElse(Double.POSITIVE_INFINITY) * 1e9;
            Verification found = verifier.verify(
                    image,
                    label,
                    request.threat(),
                    request.exactSettings(),
                    () -> stopping.getAsBoolean() || System.nanoTime() - start > limit);
            return new ImageCertificate(
                    number,
                    label,
                    predicted,
                    attacked,
                    found.decision(),
                    Optional.of(found.lower()),
                    0,
                    found.nodes(),
                    found.counterexample());
        }

        private static ImageCertificate known(int number, int label, int predicted, int attacked) {
            return new ImageCertificate(
                    number, label, predicted, attacked, Decision.FALSIFIED, Optional.empty(), 0, 0, Optional.empty());
        }

        private float[] pixels(int lane) {
            float[] pixels = new float[buffers.input().features()];
            for (int f = 0; f < pixels.length; f++) {
                pixels[f] = buffers.input().get(f, lane);
            }
            return pixels;
        }
    }
}
