package org.espalier.lab.robustness;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.espalier.UserException;
import org.espalier.attack.strong.Examples;
import org.espalier.attack.strong.Target;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.evaluate.rules.Batch;
import org.espalier.lab.counterexample.KeptBatch;
import org.espalier.lab.counterexample.KeptDirectory;
import org.espalier.lab.counterexample.KeptExamples;
import org.espalier.lab.file.AtomicFiles;
import org.espalier.lab.file.StoreLock;
import org.espalier.lab.jobs.JobQueue;
import org.espalier.lab.jobs.PartedWork;
import org.espalier.random.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Runs evaluations batch by batch, several at a time, and stores each batch. Running again continues. Results depend on
 * the requests alone, not on jobs, interruptions or time.
 */
public final class EvaluationRunner {
    private final List<EvaluationRequest> requests;
    private final int jobs;
    private final EvaluationObserver observer;
    private final Function<EvaluationRequest, Optional<KeptDirectory>> keep;
    private final DoubleAdder seconds = new DoubleAdder();
    private final LongAdder attacked = new LongAdder();
    private volatile boolean stopping;

    /**
     * Evaluations to be run.
     *
     * @param jobs batches at once, at least 1; changes no result
     */
    public EvaluationRunner(List<EvaluationRequest> requests, int jobs, EvaluationObserver observer) {
        this(requests, jobs, observer, _ -> Optional.empty());
    }

    /**
     * Evaluations whose adversarial examples are kept. Of a finished evaluation that has none the attacks run again, on the images
     * that they broke.
     *
     * @param keep where the examples of an evaluation are kept; empty to keep none
     */
    public EvaluationRunner(
            List<EvaluationRequest> requests,
            int jobs,
            EvaluationObserver observer,
            Function<EvaluationRequest, Optional<KeptDirectory>> keep) {
        this.requests = List.copyOf(requests);
        this.jobs = jobs;
        this.observer = observer;
        this.keep = keep;
    }

    /** Mean processor time in seconds of an image attacked in this run, rules included; empty if all were stored before. */
    public OptionalDouble secondsPerImage() {
        return attacked.sum() == 0 ? OptionalDouble.empty() : OptionalDouble.of(seconds.sum() / attacked.sum());
    }

    /** Ends the run after the present batches; safe to call from any thread. */
    public void stop() {
        stopping = true;
    }

    /**
     * Runs to the end, or until stopped.
     *
     * @return whether all evaluations are whole
     * @throws org.espalier.UserException if an attack does not support the threat model or the network, or results
     * cannot be written, or another process is writing them
     */
    public boolean run() {
        requests.forEach(EvaluationRunner::check);
        List<StoreLock> locks = new ArrayList<>();
        try {
            Set<Path> roots = new HashSet<>();
            for (EvaluationRequest request : requests) {
                Path root = lockRoot(request);
                if (roots.add(root)) {
                    AtomicFiles.makeDirectory(root);
                    locks.add(StoreLock.acquire(root, "keep an evaluation's results elsewhere with evaluate --out"));
                }
            }
            return new Work().run();
        } finally {
            locks.forEach(StoreLock::close);
        }
    }

    private static void check(EvaluationRequest request) {
        int classes = request.ticket().network().mask().architecture().classes();
        request.steps().forEach(step -> step.attack().check(step.threat(), classes));
    }

    /** One lock for all levels of a search. */
    private static Path lockRoot(EvaluationRequest request) {
        Path results = request.ticket().results();
        return request.ticket().place().isPresent() && results.getParent() instanceof Path parent ? parent : results;
    }

    /** An evaluation in work. */
    private static final class Job {
        final EvaluationRequest request;
        final EvaluationDirectory directory;
        final boolean whole; // before this run
        final Optional<StoredExamples> stored; // of a finished evaluation whose examples are to be kept
        final Map<Integer, Batch> done = new TreeMap<>();
        private int kept; // batches; guarded by the work's monitor

        Job(EvaluationRequest request, Optional<KeptDirectory> keep) {
            this.request = request;
            directory = new EvaluationDirectory(request, keep);
            whole = directory.whole(); // reads all kept examples
            stored = directory.done() && !whole ? Optional.of(directory.stored()) : Optional.empty();
        }
    }

    /** A batch of an evaluation. */
    private record Piece(Job job, int batch) {}

    /** The batches of all evaluations. */
    private final class Work {
        private final List<Piece> pieces = new ArrayList<>();
        private int unfinished; // guarded by this object's monitor

        boolean run() {
            int done = 0;
            Set<Path> seen = new HashSet<>();
            for (EvaluationRequest request : requests) {
                Job job = new Job(request, keep.apply(request));
                if (!seen.add(job.directory.directory())) {
                    continue;
                }
                if (job.whole) {
                    job.directory.deleteBatches();
                    done++;
                } else {
                    job.stored.ifPresent(_ -> observer.again(request));
                    unfinished++;
                    for (int batch = 0; batch < job.directory.batches(); batch++) {
                        pieces.add(new Piece(job, batch));
                    }
                }
            }
            int stored = (int) pieces.stream()
                    .filter(piece -> piece.job()
                            .directory
                            .has(piece.batch(), piece.job().stored.isPresent()))
                    .count();
            observer.planned(seen.size(), done, pieces.size() - stored);
            JobQueue.independent(pieces, () -> stopping).run(jobs, Attack::new);
            synchronized (this) {
                return unfinished == 0;
            }
        }

        /** One thread's part: it keeps the engine from one batch of a network to the next. */
        private final class Attack implements JobQueue.Worker<Piece> {
            private @Nullable Job current;
            private @Nullable Target target;

            @Override
            public JobQueue.End run(Piece piece, BooleanSupplier stop) {
                Job job = piece.job();
                if (job.stored.isPresent()) {
                    boolean found = job.directory.kept(piece.batch()).isPresent();
                    if (!found) {
                        job.directory.write(piece.batch(), again(job, job.stored.get(), piece.batch(), target(job)));
                    }
                    kept(job, found);
                    return JobQueue.End.DONE;
                }
                Batch batch = job.directory.read(piece.batch()).orElse(null);
                boolean found = batch != null;
                if (batch == null) {
                    Target network = target(job);
                    long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
                    batch = attack(job.request, job.directory, piece.batch(), network);
                    seconds.add((ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start) * 1e-9);
                    attacked.add(batch.inputs());
                    job.directory.write(piece.batch(), batch);
                }
                give(job, piece.batch(), batch, found);
                return JobQueue.End.DONE;
            }

            private Target target(Job job) {
                if (target == null || current != job) {
                    target = EvaluationRunner.target(job.request);
                    current = job;
                }
                return target;
            }
        }

        /** Counts a batch of which only the examples were missing. */
        private void kept(Job job, boolean found) {
            synchronized (this) {
                job.kept++;
                tell(job, job.kept, found);
                if (job.kept < job.directory.batches()) {
                    return;
                }
            }
            job.directory.finishKept();
            synchronized (this) {
                unfinished--;
            }
            observer.finished(job.request);
        }

        private void tell(Job job, int done, boolean found) {
            if (found) {
                observer.found(job.request, done, job.directory.batches());
            } else {
                observer.batch(job.request, done, job.directory.batches());
            }
        }

        private void give(Job job, int number, Batch batch, boolean found) {
            List<Batch> all;
            synchronized (this) {
                job.done.put(number, batch);
                tell(job, job.done.size(), found);
                if (job.done.size() < job.directory.batches()) {
                    return;
                }
                all = List.copyOf(job.done.values());
                job.done.clear();
            }
            job.directory.finish(all);
            synchronized (this) {
                unfinished--;
            }
            observer.finished(job.request);
        }
    }

    /**
     * An evaluation as work that machines share: by batches of images.
     *
     * @param root of the shared store, which the evaluation's directory is in
     * @throws org.espalier.UserException if an attack does not support the threat model or the network
     */
    public static PartedWork parted(EvaluationRequest request, Path root) {
        check(request);
        return new Parts(
                request,
                new EvaluationDirectory(request),
                root.toAbsolutePath()
                        .relativize(request.directory().toAbsolutePath())
                        .toString()
                        .replace('\\', '/'));
    }

    private record Parts(EvaluationRequest request, EvaluationDirectory directory, String folder)
            implements PartedWork {
        @Override
        public String last() {
            return EvaluationDirectory.SUMMARY;
        }

        @Override
        public int parts() {
            return directory.batches();
        }

        @Override
        public String part(int part) {
            return EvaluationDirectory.name(part);
        }

        @Override
        public boolean sound(int part, byte[] content) {
            try {
                directory.decode(part, content, part(part));
                return true;
            } catch (UserException e) {
                return false;
            }
        }

        @Override
        public Maker maker() {
            Target target = target(request);
            return (part, _) -> Optional.of(directory.encode(part, attack(request, directory, part, target)));
        }

        @Override
        public Map<String, byte[]> finish(List<byte[]> parts) {
            List<Batch> batches = new ArrayList<>();
            for (int part = 0; part < parts.size(); part++) {
                batches.add(directory.decode(part, parts.get(part), part(part)));
            }
            return directory.files(batches);
        }

        @Override
        public String label() {
            return request.ticket().label();
        }
    }

    private static Target target(EvaluationRequest request) {
        Engine engine = Engines.create(request.ticket().network().mask().architecture());
        engine.load(
                request.ticket().network().weights(), request.ticket().network().mask());
        return new Target(engine, request.set().shape());
    }

    private static Batch attack(EvaluationRequest request, EvaluationDirectory directory, int batch, Target target) {
        Examples examples = Examples.of(request.split(), directory.first(batch), directory.inputs(batch));
        Stream stream = Stream.root(request.seed()).child("robustness");
        if (!directory.keeps()) {
            return Batch.run(target, examples, request.steps(), stream);
        }
        var kept = new KeptBatch(
                target,
                examples,
                request.steps(),
                request.threat(),
                request.set().shape());
        Batch results = Batch.run(target, examples, request.steps(), stream, kept);
        directory.write(batch, kept.of(results));
        return results;
    }

    /** The adversarial examples of a batch of a finished evaluation. */
    private static KeptExamples again(Job job, StoredExamples stored, int batch, Target target) {
        EvaluationRequest request = job.request;
        int first = job.directory.first(batch);
        int end = first + job.directory.inputs(batch);
        Examples examples = Examples.of(request.split(), first, end - first);
        return new KeptBatch(
                        target,
                        examples,
                        request.steps(),
                        request.threat(),
                        request.set().shape())
                .again(
                        Stream.root(request.seed()).child("robustness"),
                        step -> stored.broken().getOrDefault(step, new BitSet()).get(first, end),
                        stored.withstands().right().get(first, end),
                        job.directory.directory().toString());
    }
}
