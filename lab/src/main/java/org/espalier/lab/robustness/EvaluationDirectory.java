package org.espalier.lab.robustness;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.UserException;
import org.espalier.data.Digests;
import org.espalier.evaluate.rules.Assessment;
import org.espalier.evaluate.rules.Batch;
import org.espalier.evaluate.rules.Step;
import org.espalier.evaluate.rules.StepResult;
import org.espalier.lab.counterexample.KeptDirectory;
import org.espalier.lab.counterexample.KeptExamples;
import org.espalier.lab.counterexample.KeptFile;
import org.espalier.lab.file.AtomicFiles;
import org.espalier.lab.file.Directories;
import org.espalier.lab.file.Json;

/**
 * Where one evaluation is kept: {@code RESULTS/ID/}. While it is in work there is one file for each batch done; at the end
 * they become {@code examples.jsonl} and {@code summary.json}, which is written last and marks the evaluation as whole. Adversarial
 * examples are kept after that, where they are asked for.
 * The request alone determines all bytes.
 */
final class EvaluationDirectory {
    static final String SUMMARY = "summary.json";
    static final String EXAMPLES = "examples.jsonl";
    private static final String BATCH = "batch-";

    /**
     * Images per batch: survivors of several tiles then fill tiles again, and a killed evaluation loses little work.
     */
    static final int BATCH_IMAGES = 256;

    private final EvaluationRequest request;
    private final Optional<KeptDirectory> kept;
    private final Path directory;
    private final List<Step> steps;
    private final List<String> names;

    EvaluationDirectory(EvaluationRequest request) {
        this(request, Optional.empty());
    }

    /**
     * With adversarial examples.
     *
     * @param kept where they are kept, if they are
     */
    EvaluationDirectory(EvaluationRequest request, Optional<KeptDirectory> kept) {
        this.request = request;
        this.kept = kept;
        directory = request.directory();
        steps = request.steps();
        names = steps.stream().map(Step::name).toList();
    }

    Path directory() {
        return directory;
    }

    boolean done() {
        return Files.exists(directory.resolve(SUMMARY));
    }

    /** Whether results and, where they are wanted, adversarial examples are there. */
    boolean whole() {
        return done() && kept.map(keeps -> keeps.holds(request.id())).orElse(true);
    }

    /** Whether adversarial examples are wanted. */
    boolean keeps() {
        return kept.isPresent();
    }

    int batches() {
        return Math.ceilDiv(request.images(), BATCH_IMAGES);
    }

    int first(int batch) {
        return batch * BATCH_IMAGES;
    }

    int inputs(int batch) {
        return Math.min(BATCH_IMAGES, request.images() - first(batch));
    }

    /** A batch that an interrupted evaluation finished; one that is damaged is made again. */
    Optional<Batch> read(int batch) {
        Path file = file(batch);
        if (!Files.exists(file) || keeps() && kept(batch).isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(decode(batch, AtomicFiles.read(file), file.toString()));
        } catch (UserException e) {
            return Optional.empty();
        }
    }

    /** Whether files of a batch are there, sound or not; of a finished evaluation only adversarial examples can be missing. */
    boolean has(int batch, boolean finished) {
        return (finished || Files.exists(file(batch))) && (!keeps() || Files.exists(keptFile(batch)));
    }

    void write(int batch, Batch results) {
        AtomicFiles.makeDirectory(directory);
        AtomicFiles.write(file(batch), encode(batch, results));
    }

    /** The adversarial examples of a batch that an interrupted run finished; damaged ones are made again. */
    Optional<KeptExamples> kept(int batch) {
        Path file = keptFile(batch);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(KeptFile.decode(AtomicFiles.read(file), file.toString()));
        } catch (UserException e) {
            return Optional.empty();
        }
    }

    /** Keeps the adversarial examples of a batch; before its results, which count as done with them only. */
    void write(int batch, KeptExamples examples) {
        AtomicFiles.makeDirectory(directory);
        AtomicFiles.write(keptFile(batch), KeptFile.encode(examples));
    }

    private Path keptFile(int batch) {
        return directory.resolve(BATCH + batch + ".npz");
    }

    /** The finished evaluation's images, with the steps that broke them. */
    StoredExamples stored() {
        Path summary = directory.resolve(SUMMARY);
        String source = summary.toString();
        Path lines = directory.resolve(EXAMPLES);
        String digest = Json.string(
                Json.object(Json.parse(AtomicFiles.read(summary), source), "files", source), EXAMPLES, source);
        return StoredExamples.read(AtomicFiles.read(lines, digest), lines);
    }

    private Path file(int batch) {
        return directory.resolve(name(batch));
    }

    /** Makes the evaluation whole of its batches, in order. */
    void finish(List<Batch> batches) {
        files(batches).forEach((name, content) -> AtomicFiles.write(directory.resolve(name), content));
        finishKept();
    }

    /** The files of a whole evaluation, of its batches in order; the summary last. */
    Map<String, byte[]> files(List<Batch> batches) {
        Batch all = batches.getFirst();
        for (Batch next : batches.subList(1, batches.size())) {
            all = all.then(next);
        }
        byte[] examples = examples(all).getBytes(StandardCharsets.UTF_8);
        Assessment assessment =
                new Assessment(request.steps(), all, request.set().classes(), Optional.empty());
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put(EXAMPLES, examples);
        files.put(SUMMARY, SummaryJson.encode(request, assessment, Digests.sha256(examples)));
        return files;
    }

    /** Name of a batch's file. */
    static String name(int batch) {
        return BATCH + batch + ".json";
    }

    /**
     * Reads a batch.
     *
     * @throws UserException if it is damaged
     */
    Batch decode(int batch, byte[] content, String source) {
        return BatchFile.decode(content, source, first(batch), inputs(batch), names);
    }

    byte[] encode(int batch, Batch results) {
        return BatchFile.encode(results, first(batch));
    }

    /** Puts the adversarial examples of all batches together, where they are kept, and removes the batches' files. */
    void finishKept() {
        kept.ifPresent(keeps -> {
            List<KeptExamples> batches = new ArrayList<>();
            for (int batch = 0; batch < batches(); batch++) {
                Path file = keptFile(batch);
                batches.add(KeptFile.decode(AtomicFiles.read(file), file.toString()));
            }
            Map<String, Object> about = new LinkedHashMap<>();
            about.put("network", request.ticket().digest());
            about.put("data-set", request.set().name());
            about.put("data", request.set().digest());
            about.put("split", request.split().name());
            about.put("suite", request.suite().name());
            about.put("threat-model", EvaluationRequest.threatModel(request.threat()));
            keeps.write(request.id(), KeptExamples.together(batches), about);
        });
        deleteBatches();
    }

    /**
     * Removes files that are no longer needed, those of a crash after the end included, once the end is on the disk.
     */
    void deleteBatches() {
        AtomicFiles.flushDirectory(directory);
        try {
            for (Path file : Directories.list(directory)) {
                if (String.valueOf(file.getFileName()).startsWith(BATCH)) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            throw AtomicFiles.unwritable(directory, e);
        }
    }

    /** One line for each image. */
    private String examples(Batch all) {
        StringBuilder text = new StringBuilder();
        for (int e = 0; e < all.inputs(); e++) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("image", e);
            line.put("label", all.labels()[e]);
            line.put("predicted", all.predictions()[e]);
            boolean withstands = all.labels()[e] == all.predictions()[e];
            Map<String, Object> outcomes = new LinkedHashMap<>();
            Map<String, Object> distances = new LinkedHashMap<>();
            for (Step step : steps) {
                StepResult result = all.step(step.name());
                if (result.saw().get(e)) {
                    outcomes.put(step.name(), result.broken().get(e) ? "broken" : "right");
                    if (step.attack().minimumNorm()) {
                        distances.put(step.name(), result.distances()[e]);
                    }
                }
                withstands &=
                        step.purpose() != Step.Purpose.SUITE || !result.broken().get(e);
            }
            line.put("withstands", withstands);
            line.put("attacks", outcomes);
            if (!distances.isEmpty()) {
                line.put("distances", distances);
            }
            text.append(Json.write(line)).append('\n');
        }
        return text.toString();
    }
}
