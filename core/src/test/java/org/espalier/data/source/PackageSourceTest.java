package org.espalier.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.UserException;
import org.espalier.data.DataFile;
import org.espalier.data.SmallDataSet;
import org.espalier.data.catalogue.DataSets;
import org.espalier.data.catalogue.FoundDataSet;
import org.espalier.fixtures.IdxBytes;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Package clients played by the shell and tar: a "package" is a tar archive of the four files. */
@Timeout(120)
class PackageSourceTest {
    /** For tests of anything but slowness, so that none fails because the machine is busy. */
    private static final TimeLimits PATIENT =
            new TimeLimits(Duration.ofSeconds(1), Duration.ofSeconds(1), 1, Duration.ofSeconds(60));

    private static final TimeLimits SHORT =
            new TimeLimits(Duration.ofSeconds(1), Duration.ofSeconds(1), 1, Duration.ofMillis(700));
    private static final List<String> TAR = List.of("tar", "-xf", "{archive}", "-C", "{work}/unpacked");

    @TempDir
    Path temporary;

    private final SmallDataSet.Recorded heard = new SmallDataSet.Recorded();
    private Path repository;

    @BeforeEach
    void makePackage() throws Exception {
        repository = Files.createDirectories(temporary.resolve("repository"));
        pack(SmallDataSet.FILES);
    }

    @Test
    void thePackageIsUnpackedAndItsFilesKept() throws IOException {
        FoundDataSet found = find(source(List.of(List.of(copy()))));
        assertThat(found.dataSet().classes()).isEqualTo(3);
        assertThat(names(temporary.resolve("cache/small")))
                .containsExactlyInAnyOrder(
                        "train-images-idx3-ubyte",
                        "train-labels-idx1-ubyte",
                        "t10k-images-idx3-ubyte",
                        "t10k-labels-idx1-ubyte");
    }

    @Test
    void theNextAttemptIsMadeIfOneFails() {
        find(source(List.of(List.of(shell("exit 100")), List.of(shell("true"), copy()))));
        assertThat(heard.failures).isEmpty();
    }

    @Test
    void aClientThatFailsIsQuoted() throws IOException {
        assertFails(
                source(List.of(
                        List.of(shell("echo Reading; echo 'E: Unable to locate package x' >&2; echo bye; exit 100")))),
                "sh ended with 100, expected 0: E: Unable to locate package x");
        assertThat(names(temporary.resolve("cache/small"))).isEmpty();
    }

    @Test
    void aClientThatIsNotInstalledIsNoFault() {
        PackageSource source = source(List.of(List.of(List.of("no-such-client-here"))));
        assertThatThrownBy(() -> find(source)).isInstanceOf(UserException.class);
        assertThat(heard.absences).last().asString().endsWith("no-such-client-here is not on this machine");
        assertThat(heard.failures).isEmpty();
    }

    @Test
    void aClientThatTakesTooLongIsEndedWithItsChildren() throws Exception {
        assertFails(
                source(SHORT, List.of(List.of(shell("(sleep 4; touch " + temporary + "/survived) & sleep 30")))),
                "sh is too slow: expected it to end within 700 ms");
        // Killed ones stay in the process table until they are reaped, which a busy machine takes its time for.
        long patience = System.nanoTime() + 2_500_000_000L;
        while (sleeps() > 0 && System.nanoTime() < patience) {
            Thread.sleep(20);
        }
        assertThat(sleeps()).isZero();
        assertThat(names(temporary.resolve("cache/small"))).isEmpty();
    }

    @Test
    void aPackageWithoutTheFilesIsRefused() throws Exception {
        pack(Map.of(DataFile.TRAIN_IMAGES, SmallDataSet.FILES.get(DataFile.TRAIN_IMAGES)));
        assertFails(
                source(List.of(List.of(copy()))),
                "expected train-labels-idx1-ubyte (plain or .gz) from the package, found none");
        assertFails(
                source(List.of(List.of(shell("true")))), "expected a file ending in .tar from the package, found none");
    }

    @Test
    void aWrongFileInThePackageIsRefusedAndNotKept() throws Exception {
        Map<DataFile, byte[]> files = IdxBytes.small();
        files.put(DataFile.TRAIN_IMAGES, IdxBytes.images(6, 3, 2));
        pack(files);
        assertFails(source(List.of(List.of(copy()))), "is not the train-images-idx3-ubyte of small");
        assertThat(names(temporary.resolve("cache/small"))).isEmpty();
    }

    @Test
    void linksInAPackageAreNotFollowed() throws Exception {
        Path outside = Files.write(temporary.resolve("outside"), SmallDataSet.FILES.get(DataFile.TRAIN_IMAGES));
        Path content = temporary.resolve("linked");
        IdxBytes.write(content, SmallDataSet.FILES);
        Files.delete(content.resolve("train-images-idx3-ubyte"));
        Files.createSymbolicLink(content.resolve("train-images-idx3-ubyte"), outside);
        tar(content);
        assertFails(
                source(List.of(List.of(copy()))), "expected train-images-idx3-ubyte (plain or .gz) from the package");
    }

    private PackageSource source(List<List<List<String>>> attempts) {
        return source(PATIENT, attempts);
    }

    private PackageSource source(TimeLimits limits, List<List<List<String>>> attempts) {
        return new PackageSource(
                "test package",
                List.of("unpacked"),
                attempts,
                ".tar",
                TAR,
                Map.of("LC_ALL", "C"),
                limits,
                PackageContent.FILES);
    }

    private List<String> copy() {
        return List.of("cp", repository.resolve("package.tar").toString(), "{work}/package.tar");
    }

    private static List<String> shell(String script) {
        return List.of("sh", "-c", script);
    }

    private static long sleeps() {
        return ProcessHandle.current()
                .descendants()
                .filter(PackageSourceTest::isSleep)
                .count();
    }

    private static boolean isSleep(ProcessHandle process) {
        return process.info()
                .command()
                .filter(command -> command.endsWith("/sleep"))
                .isPresent();
    }

    private void pack(Map<DataFile, byte[]> files) throws Exception {
        Path content = Files.createTempDirectory(temporary, "content");
        IdxBytes.write(content.resolve("usr/share/data"), files);
        tar(content);
    }

    private void tar(Path content) throws Exception {
        Process tar = new ProcessBuilder(
                        "tar", "-cf", repository.resolve("package.tar").toString(), "-C", content.toString(), ".")
                .start();
        assertThat(tar.waitFor()).isZero();
    }

    private FoundDataSet find(PackageSource source) {
        return new DataSets(List.of(SmallDataSet.from(source)), temporary.resolve("cache"))
                .find("small", Optional.empty(), heard);
    }

    private void assertFails(PackageSource source, String reason) {
        assertThatThrownBy(() -> find(source)).isInstanceOf(UserException.class).hasMessageContaining(reason);
        assertThat(heard.failures).anySatisfy(failure -> assertThat(failure).contains(reason));
    }

    private static List<String> names(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
