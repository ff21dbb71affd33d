package org.espalier.lab.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.espalier.UserException;
import org.espalier.lab.jobs.PartedWork;
import org.junit.jupiter.api.Test;

class PartWorkerTest {
    private static final Duration TERM = Duration.ofSeconds(1);

    private final ObjectStore store = new ObjectStore();
    private final AtomicInteger made = new AtomicInteger();
    private final List<String> warnings = new CopyOnWriteArrayList<>();

    private final PartWorker.Observer observer = new PartWorker.Observer() {
        @Override
        public void warned(String sentence) {
            warnings.add(sentence);
        }
    };

    /** A part of work is its number; whole work is their list. */
    private class Numbers implements PartedWork {
        private final String name;
        private final int parts;
        private final boolean contradicts;

        Numbers(String name, int parts, boolean contradicts) {
            this.name = name;
            this.parts = parts;
            this.contradicts = contradicts;
        }

        @Override
        public String folder() {
            return "numbers/" + name;
        }

        @Override
        public String last() {
            return "whole";
        }

        @Override
        public int parts() {
            return parts;
        }

        @Override
        public String part(int part) {
            return "part-" + part;
        }

        @Override
        public boolean sound(int part, byte[] content) {
            return new String(content, StandardCharsets.UTF_8).equals(name + part + "\n");
        }

        @Override
        public Maker maker() {
            return (part, stop) -> {
                if (stop.getAsBoolean()) {
                    return Optional.empty();
                }
                made.incrementAndGet();
                return Optional.of((name + part + "\n").getBytes(StandardCharsets.UTF_8));
            };
        }

        @Override
        public Map<String, byte[]> finish(List<byte[]> all) {
            StringBuilder text = new StringBuilder();
            all.forEach(part -> text.append(new String(part, StandardCharsets.UTF_8)));
            return contradicts ? Map.of() : Map.of(last(), text.toString().getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String label() {
            return name;
        }
    }

    private List<PartedWork> works(int count) {
        return IntStream.range(0, count)
                .mapToObj(number -> (PartedWork) new Numbers("w" + number + "-", 1 + number % 4, false))
                .toList();
    }

    private PartWorker worker(List<PartedWork> works, boolean leave) {
        return new PartWorker(works, store, 2, TERM, leave, observer);
    }

    private void areWhole(List<PartedWork> works) {
        assertThat(store.all()).hasSize(works.size()).allMatch(name -> name.endsWith("/whole"));
        for (PartedWork work : works) {
            String expected = String.join(
                    "",
                    IntStream.range(0, work.parts())
                            .mapToObj(part -> work.label() + part + "\n")
                            .toList());
            assertThat(store.read(work.folder() + "/whole").orElseThrow())
                    .asString(StandardCharsets.UTF_8)
                    .isEqualTo(expected);
        }
    }

    @Test
    void twoWorkersMakeEachPartOnce() throws Exception {
        List<PartedWork> works = works(50);
        List<Boolean> ends = new CopyOnWriteArrayList<>();
        List<Thread> threads = IntStream.range(0, 2)
                .mapToObj(_ -> Thread.ofPlatform()
                        .start(() -> ends.add(worker(works, false).run())))
                .toList();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(ends).containsExactly(true, true);
        areWhole(works);
        assertThat(made).hasValue(works.stream().mapToInt(PartedWork::parts).sum());
    }

    /** Nothing keeps workers from one part here: leases are removed again and again. */
    @Test
    void partsMadeTwiceAreTheSame() throws Exception {
        List<PartedWork> works = works(200);
        Thread thief = Thread.ofPlatform().daemon().start(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                store.list(Leases.FOLDER).forEach(entry -> store.delete(Leases.FOLDER + "/" + entry.name()));
            }
        });
        List<Thread> threads = IntStream.range(0, 3)
                .mapToObj(_ ->
                        Thread.ofPlatform().start(() -> worker(works, false).run()))
                .toList();
        for (Thread thread : threads) {
            thread.join();
        }
        thief.interrupt();
        thief.join();
        assertThat(worker(works, false).run()).isTrue();
        areWhole(works);
    }

    @Test
    void aDamagedPartIsMadeAgain() {
        List<PartedWork> works = works(3);
        store.put("numbers/w2-/part-1", new byte[] {'w', '2'});
        assertThat(worker(works, false).run()).isTrue();
        areWhole(works);
        assertThat(warnings).containsExactly("objects/numbers/w2-/part-1 is damaged; it is made again");
    }

    @Test
    void whatAKilledWorkerLeavesIsUsedAndRemoved() {
        List<PartedWork> works = works(3);
        store.put("numbers/w2-/part-1", "w2-1\n".getBytes(StandardCharsets.UTF_8));
        store.put("numbers/w0-/whole", "w0-0\n".getBytes(StandardCharsets.UTF_8));
        store.put("numbers/w0-/part-0", "w0-0\n".getBytes(StandardCharsets.UTF_8));
        assertThat(worker(works, false).run()).isTrue();
        areWhole(works);
        assertThat(made).hasValue(4);
    }

    @Test
    void whoLeavesDoesNotWaitForWhatOthersHold() {
        List<PartedWork> works = works(2);
        Leases other = new Leases(store, new Lease("other", "there", 1, 1000));
        assertThat(other.claim("numbers_w1-_0")).isTrue();
        assertThat(worker(works, true).run()).isFalse();
        assertThat(store.exists("numbers/w0-/whole")).isTrue();
        assertThat(store.exists("numbers/w1-/part-1")).isTrue();
        other.release("numbers_w1-_0");
        assertThat(worker(works, true).run()).isTrue();
        other.leave();
        areWhole(works);
    }

    @Test
    void anExpiredLeaseIsTakenOver() {
        List<PartedWork> works = works(1);
        Leases other = new Leases(store, new Lease("other", "there", 1, 1));
        assertThat(other.claim("numbers_w0-_0")).isTrue();
        other.leave();
        store.offset = Duration.ofSeconds(5);
        assertThat(worker(works, false).run()).isTrue();
        areWhole(works);
    }

    @Test
    void partsThatContradictEachOtherStayAsEvidence() {
        List<PartedWork> works = List.of(new Numbers("c", 3, true));
        assertThat(worker(works, false).run()).isTrue();
        assertThat(store.all()).containsExactly("numbers/c/part-0", "numbers/c/part-1", "numbers/c/part-2");
        assertThat(worker(works, false).run()).isTrue();
        assertThat(made).hasValue(3);
    }

    @Test
    void aFailureStopsAllThreadsAndIsThrown() {
        PartedWork failing = new Numbers("f", 5, false) {
            @Override
            public Maker maker() {
                return (part, stop) -> {
                    throw new UserException("no");
                };
            }
        };
        assertThatThrownBy(() -> worker(List.of(failing), false).run()).hasMessage("no");
        assertThat(store.all()).isEmpty();
    }
}
