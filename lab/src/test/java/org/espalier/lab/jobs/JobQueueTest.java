package org.espalier.lab.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.espalier.lab.jobs.JobQueue.End;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class JobQueueTest {
    private record Job(int number, Optional<Integer> need) {}

    private static JobQueue<Job> queue(List<Job> jobs) {
        return new JobQueue<>(jobs, Job::number, Job::need, () -> false);
    }

    /** Chains that branch, as a search's levels do: each job needs an earlier one or none. */
    @Property(tries = 200)
    void everyJobRunsOnceAndAfterWhatItNeeds(
            @ForAll List<@IntRange(min = 0, max = 1000) Integer> draws,
            @ForAll @IntRange(min = 1, max = 4) int threads) {
        List<Job> jobs = IntStream.range(0, draws.size())
                .mapToObj(i -> new Job(
                        i, draws.get(i) % (i + 1) == i ? Optional.empty() : Optional.of(draws.get(i) % (i + 1))))
                .toList();
        List<Integer> ended = Collections.synchronizedList(new ArrayList<>());
        boolean all = queue(jobs).run(threads, () -> (job, stopping) -> {
            assertThat(job.need())
                    .satisfies(need ->
                            assertThat(need.map(ended::contains).orElse(true)).isTrue());
            ended.add(job.number());
            return End.DONE;
        });
        assertThat(all).isTrue();
        assertThat(ended).doesNotHaveDuplicates().hasSize(jobs.size());
    }

    @Test
    @Timeout(60)
    void oneThreadKeepsTheOrderOfTheList() {
        List<Integer> ended = new ArrayList<>();
        List<Job> jobs = List.of(
                new Job(0, Optional.empty()),
                new Job(1, Optional.of(0)),
                new Job(2, Optional.empty()),
                new Job(3, Optional.of(1)));
        queue(jobs).run(1, () -> (job, stopping) -> {
            ended.add(job.number());
            return End.DONE;
        });
        assertThat(ended).containsExactly(0, 1, 2, 3);
    }

    @Test
    @Timeout(60)
    void whatNeedsAFailedJobIsDroppedAndTheRestRuns() {
        List<Integer> ended = Collections.synchronizedList(new ArrayList<>());
        List<Job> jobs = List.of(
                new Job(0, Optional.empty()),
                new Job(1, Optional.of(0)),
                new Job(2, Optional.of(1)),
                new Job(3, Optional.empty()));
        boolean all = queue(jobs).run(2, () -> (job, stopping) -> {
            ended.add(job.number());
            return job.number() == 0 ? End.FAILED : End.DONE;
        });
        assertThat(all).isTrue();
        assertThat(ended).containsExactlyInAnyOrder(0, 3);
    }

    @Test
    @Timeout(60)
    void nothingStartsAfterAStop() {
        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger started = new AtomicInteger();
        List<Integer> numbers = IntStream.range(0, 100).boxed().toList();
        boolean all = JobQueue.independent(numbers, stop::get).run(1, () -> (job, stopping) -> {
            started.incrementAndGet();
            stop.set(job == 4);
            return stopping.getAsBoolean() ? End.STOPPED : End.DONE;
        });
        assertThat(all).isFalse();
        assertThat(started).hasValue(5);
    }

    @Test
    @Timeout(60)
    void theFirstProblemStopsTheOthersAndIsThrown() {
        CountDownLatch bothAtWork = new CountDownLatch(2);
        AtomicBoolean otherStopped = new AtomicBoolean();
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> JobQueue.independent(List.of(0, 1, 2), () -> false)
                        .run(2, () -> (job, stopping) -> {
                            bothAtWork.countDown();
                            await(bothAtWork);
                            if (job == 0) {
                                throw new IllegalStateException("broken");
                            }
                            while (!stopping.getAsBoolean()) {
                                Thread.onSpinWait();
                            }
                            otherStopped.set(true);
                            return End.STOPPED;
                        }))
                .withMessage("broken");
        assertThat(otherStopped).isTrue();
    }

    @Test
    @Timeout(60)
    void aWorkerThatCannotBeMadeIsAProblemToo() {
        assertThatExceptionOfType(OutOfMemoryError.class)
                .isThrownBy(() -> JobQueue.independent(List.of(0), () -> false).run(1, () -> {
                    throw new OutOfMemoryError("buffers");
                }));
    }

    @Test
    @Timeout(60)
    void anInterruptedCallerStopsTheQueueAndStaysInterrupted() {
        AtomicInteger started = new AtomicInteger();
        Thread caller = Thread.currentThread();
        boolean all = JobQueue.independent(List.of(0, 1, 2), () -> false).run(1, () -> (job, stopping) -> {
            started.incrementAndGet();
            caller.interrupt();
            while (!stopping.getAsBoolean()) {
                Thread.onSpinWait();
            }
            return End.STOPPED;
        });
        assertThat(Thread.interrupted()).isTrue();
        assertThat(all).isFalse();
        assertThat(started).hasValue(1);
    }

    @Test
    @Timeout(60)
    void jobsOutOfOrderAndTwiceAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> queue(List.of(new Job(1, Optional.of(0)), new Job(0, Optional.empty()))))
                .withMessageContaining("which is not before it");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> queue(List.of(new Job(1, Optional.empty()), new Job(1, Optional.empty()))))
                .withMessageContaining("twice");
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
