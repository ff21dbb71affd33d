package org.espalier.data.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.UserException;
import org.espalier.data.DataFile;
import org.espalier.data.SmallDataSet;
import org.espalier.data.source.DataDirectory;
import org.espalier.data.source.DataSource;
import org.espalier.data.source.KnownDataSets;
import org.espalier.fixtures.IdxBytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataSetsTest {
    @TempDir
    Path temporary;

    private final SmallDataSet.Recorded heard = new SmallDataSet.Recorded();

    @Test
    void sourcesAreTriedInTurnAndTheCacheFirst() {
        DataSets dataSets = dataSets(local("empty"), local("installed"));
        IdxBytes.write(temporary.resolve("installed"), SmallDataSet.FILES);
        FoundDataSet found = dataSets.find("small", Optional.empty(), heard);
        assertThat(found.source()).isEqualTo("installed");
        assertThat(found.directory()).contains(temporary.resolve("installed"));
        assertThat(heard.absences).hasSize(2).first().asString().startsWith("cache: ");
        assertThat(heard.failures).isEmpty();

        IdxBytes.write(temporary.resolve("cache/small"), SmallDataSet.FILES);
        assertThat(dataSets.find("small", Optional.empty(), heard).source()).isEqualTo("cache");
    }

    @Test
    void aWrongFileInASourceCostsOneLineAndTheNextSourceIsTried() throws IOException {
        DataSets dataSets = dataSets(local("installed"));
        Path cached = IdxBytes.write(temporary.resolve("cache/small"), SmallDataSet.FILES);
        Files.write(cached.resolve("t10k-labels-idx1-ubyte"), IdxBytes.labels(0, 1));
        IdxBytes.write(temporary.resolve("installed"), SmallDataSet.FILES);
        assertThat(dataSets.find("small", Optional.empty(), heard).source()).isEqualTo("installed");
        assertThat(heard.failures)
                .singleElement()
                .asString()
                .startsWith("cache: ")
                .contains("is not the t10k-labels-idx1-ubyte of small: expected SHA-256 ", ", found ");
    }

    @Test
    void aHalfFilledCacheIsTold() throws IOException {
        Path cached = IdxBytes.write(temporary.resolve("cache/small"), SmallDataSet.FILES);
        Files.delete(cached.resolve("t10k-images-idx3-ubyte"));
        assertThatThrownBy(() -> dataSets().find("small", Optional.empty(), heard))
                .isInstanceOf(UserException.class);
        assertThat(heard.failures).singleElement().asString().contains("has no t10k-images-idx3-ubyte");
    }

    @Test
    void whenAllSourcesFailTheErrorNamesEach() {
        assertThatThrownBy(() -> dataSets(local("installed")).find("small", Optional.empty(), heard))
                .isInstanceOf(UserException.class)
                .hasMessageContainingAll("data set small was not found", "cache: ", "installed: ");
    }

    @Test
    void aDirectoryGivenByTheUserIsTheOnlySource() {
        IdxBytes.write(temporary.resolve("cache/small"), SmallDataSet.FILES);
        Path given = temporary.resolve("given");
        assertThatThrownBy(() -> dataSets().find("small", Optional.of(given), heard))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(given + " does not exist");
        IdxBytes.write(given, SmallDataSet.FILES);
        assertThat(dataSets().find("small", Optional.of(given), heard).directory())
                .contains(given);
    }

    @Test
    void aKnownNameIsCheckedInTheUsersDirectoryToo() {
        Map<DataFile, byte[]> files = IdxBytes.small();
        files.put(DataFile.TRAIN_LABELS, IdxBytes.labels(2, 1, 0, 0, 1, 2));
        Path given = IdxBytes.write(temporary.resolve("given"), files);
        assertThatThrownBy(() -> dataSets().find("small", Optional.of(given), heard))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("is not the train-labels-idx1-ubyte of small: expected SHA-256");
        assertThat(dataSets().find("mine", Optional.of(given), heard).dataSet().name())
                .isEqualTo("mine");
    }

    @Test
    void aMislabelledFileIsRecognised() {
        assertThat(KnownDataSets.nameOf("bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"))
                .isEqualTo(" (the train-labels-idx1-ubyte of fashion)");
        assertThat(KnownDataSets.nameOf("00")).isEmpty();
    }

    @Test
    void anUnknownNameNamesTheKnownOnes() {
        assertThatThrownBy(() -> dataSets().find("smal", Optional.empty(), heard))
                .isInstanceOf(UserException.class)
                .hasMessage("data set smal is unknown: expected small, or a directory of data files beside the name");
    }

    @Test
    void fetchLeavesFilesThatAreOnTheMachineInPlace() {
        IdxBytes.write(temporary.resolve("installed"), SmallDataSet.FILES);
        FoundDataSet found = dataSets(local("installed")).fetch("small", Optional.empty(), heard);
        assertThat(found.directory()).contains(temporary.resolve("installed"));
        assertThat(temporary.resolve("cache")).doesNotExist();
    }

    @Test
    void fetchFillsTheDirectoryThatTheUserGives() throws IOException {
        IdxBytes.write(temporary.resolve("installed"), SmallDataSet.FILES);
        Path given = temporary.resolve("a/b");
        FoundDataSet found = dataSets(local("installed")).fetch("small", Optional.of(given), heard);
        assertThat(found.directory()).contains(given);
        assertThat(Files.readAllBytes(given.resolve("train-labels-idx1-ubyte")))
                .isEqualTo(SmallDataSet.FILES.get(DataFile.TRAIN_LABELS));
        assertThat(names(given)).hasSize(4);
        assertThat(dataSets().fetch("small", Optional.of(given), heard).source())
                .isEqualTo("directory " + given);
    }

    @Test
    void fetchNeverReplacesAWrongFileOfTheUsers() throws IOException {
        IdxBytes.write(temporary.resolve("installed"), SmallDataSet.FILES);
        Path given = Files.createDirectories(temporary.resolve("given"));
        byte[] wrong = IdxBytes.labels(2, 2);
        Path file = Files.write(given.resolve("t10k-labels-idx1-ubyte"), wrong);
        assertThatThrownBy(() -> dataSets(local("installed")).fetch("small", Optional.of(given), heard))
                .isInstanceOf(UserException.class)
                .hasMessageContainingAll(file.toString(), "move it away");
        assertThat(Files.readAllBytes(file)).isEqualTo(wrong);
        assertThat(names(given)).hasSize(1);
    }

    @Test
    void bundledFilesAreFetchedIntoTheCache() {
        DataSets dataSets = new DataSets(KnownDataSets.ALL, temporary);
        FoundDataSet found = dataSets.fetch("digits", Optional.empty(), heard);
        assertThat(found.directory()).contains(temporary.resolve("digits"));
        assertThat(temporary.resolve("digits/train-images-idx3-ubyte.gz")).exists();
        assertThat(dataSets.findHere("digits", Optional.empty(), heard).source())
                .isEqualTo("cache");
    }

    @Test
    void aDirectoryThatCannotBeWrittenIsNamed() throws IOException {
        IdxBytes.write(temporary.resolve("installed"), SmallDataSet.FILES);
        Path file = Files.createFile(temporary.resolve("file"));
        assertThatThrownBy(() -> dataSets(local("installed")).fetch("small", Optional.of(file.resolve("x")), heard))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("cannot be written: expected a directory that can hold the data files");
    }

    @Test
    void theListShowsWhereEachIs() {
        DataSets dataSets = dataSets(local("installed"));
        assertThat(dataSets.list()).singleElement().satisfies(set -> {
            assertThat(set.name()).isEqualTo("small");
            assertThat(set.place()).isEmpty();
            assertThat(set.sources()).containsExactly("cache", "installed");
        });
        IdxBytes.write(temporary.resolve("installed"), SmallDataSet.FILES);
        assertThat(dataSets.list().getFirst().place())
                .contains(temporary.resolve("installed").toString());
    }

    @Test
    void whatKilledProcessesLeftIsSweptAfterADay() throws IOException {
        Path cached = IdxBytes.write(temporary.resolve("cache/small"), SmallDataSet.FILES);
        Path old = Files.createFile(cached.resolve(".train-images-idx3-ubyte-1-1.part"));
        Path oldWork = Files.createDirectories(cached.resolve(".package-1-1.part"));
        Files.createFile(oldWork.resolve("x.deb"));
        Path young = Files.createFile(cached.resolve(".train-images-idx3-ubyte-2-2.part"));
        FileTime past = FileTime.from(Instant.now().minus(Duration.ofDays(2)));
        Files.setLastModifiedTime(old, past);
        Files.setLastModifiedTime(oldWork, past);
        dataSets().find("small", Optional.empty(), heard);
        assertThat(old).doesNotExist();
        assertThat(oldWork).doesNotExist();
        assertThat(young).exists();
    }

    @Test
    void importedDataSetsAreFoundByName() {
        Path imported = temporary.resolve("imported");
        DataSets dataSets =
                new DataSets(List.of(SmallDataSet.from()), temporary.resolve("cache"), Optional.of(imported));
        assertThat(dataSets.importedNames()).isEmpty();
        IdxBytes.write(imported.resolve("mine"), SmallDataSet.FILES);
        IdxBytes.write(imported.resolve(".importing-other-1"), SmallDataSet.FILES);
        IdxBytes.write(imported.resolve("small"), SmallDataSet.FILES); // hides no known data set
        assertThat(dataSets.importedNames()).containsExactly("mine");
        assertThat(dataSets.find("mine", Optional.empty(), heard).directory()).contains(imported.resolve("mine"));
        assertThat(dataSets.fetch("mine", Optional.empty(), heard).directory()).contains(imported.resolve("mine"));
        assertThatThrownBy(() -> dataSets.find("../imported/mine", Optional.empty(), heard))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("is unknown: expected small or mine, or a directory");
    }

    private DataSets dataSets(DataSource... sources) {
        return new DataSets(List.of(SmallDataSet.from(sources)), temporary.resolve("cache"));
    }

    private DataSource local(String name) {
        return new DataSource.Local(name, new DataDirectory(temporary.resolve(name)));
    }

    private static List<String> names(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
