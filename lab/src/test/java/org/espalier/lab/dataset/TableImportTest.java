package org.espalier.lab.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.espalier.UserException;
import org.espalier.data.DataProgress;
import org.espalier.data.DataSet;
import org.espalier.data.Feature;
import org.espalier.data.ImageShape;
import org.espalier.data.Split;
import org.espalier.data.catalogue.DataSets;
import org.espalier.lab.dataset.DataImportSettings.Box;
import org.espalier.lab.dataset.read.ArrayOptions;
import org.espalier.lab.dataset.read.FeatureRows;
import org.espalier.lab.dataset.read.Tables;
import org.espalier.lab.format.ImportedFiles;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TableImportTest {
    @TempDir
    Path directory;

    @Test
    void eachFeatureHasItsOwnBoxAndMoments() throws IOException {
        StringBuilder train = new StringBuilder("age,income,kind\n");
        for (int i = 0; i <= 10; i++) {
            train.append(20 + i)
                    .append(',')
                    .append(-1000.5 * i)
                    .append(',')
                    .append(i % 2 == 0 ? "no" : "yes")
                    .append('\n');
        }
        Path trainFile = file("train.csv", train.toString());
        Path valid = file("val.csv", "age,income,kind\n25,-5002.5,yes\n");
        Path test = file("test.csv", "age,income,kind\n20,0,no\n30,-20010,yes\n");
        ImportResult result = DataImport.of(List.of(trainFile, valid, test), "set", label("kind"));
        DataSet set = result.set();
        assertThat(set.details().classNames()).containsExactly("no", "yes");
        Feature age = set.details().features().getFirst();
        Feature income = set.details().features().getLast();
        assertThat(List.of(age.name(), income.name())).containsExactly("age", "income");
        assertThat(List.of(age.low(), age.high(), income.low(), income.high()))
                .containsExactly(20.0, 30.0, -10005.0, 0.0);
        assertThat(age.mean()).isCloseTo(0.5f, within(0.01f));
        assertThat(age.deviation()).isCloseTo((float) Math.sqrt(0.1), within(0.01f));
        assertThat(result.notes())
                .contains("1 value of the test rows lies outside of its box and was moved to the nearest end");
        int no = set.test().labels()[0] == 0 ? 0 : 1;
        assertThat(set.test().isFloat()).isTrue();
        assertThat(new float[] {set.test().pixel(no, 0), set.test().pixel(no, 1)})
                .containsExactly(0, 1);
        assertThat(new float[] {set.test().pixel(1 - no, 0), set.test().pixel(1 - no, 1)})
                .containsExactly(1, 0);
        assertThat(new float[] {set.train().pixel(0, 0), set.train().pixel(0, 1)})
                .containsExactly(0.5f, 0.5f);
    }

    @Test
    void aBoxMayBeGivenAndValuesOutsideAreRefusedOrMoved() throws IOException {
        Path file = file("data.csv", rows("a,b,label", 30, i -> i + "," + 2 * i + "," + i % 3));
        DataImportSettings usual = DataImportSettings.usual();
        Map<String, Box> boxes = Map.of("a", new Box(0, 20));
        assertThatThrownBy(() -> DataImport.of(List.of(file), "set", boxes(usual, boxes, false)))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("data.csv, row ")
                .hasMessageContaining("in column a, expected 0.0 to 20.0, the box that is given; --clip");
        ImportResult moved = DataImport.of(List.of(file), "set", boxes(usual, boxes, true));
        assertThat(moved.set().details().features().getFirst().high()).isEqualTo(20);
        assertThatThrownBy(() -> DataImport.of(List.of(file), "set", boxes(usual, Map.of("c", new Box(0, 1)), false)))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("--box is given for c, expected a column of features: a, b");
    }

    @Test
    void columnsOfOneValueAreLeftOut() throws IOException {
        Path file = file("data.csv", rows("a,b,label", 30, i -> i + ",7," + i % 3));
        ImportResult result = DataImport.of(List.of(file), "set", DataImportSettings.usual());
        assertThat(result.set().features()).isEqualTo(1);
        assertThat(result.notes()).contains("left out: columns with one value in all training rows: b");
    }

    @Test
    void valuesThatStandCloseTogetherAreToldApart() throws IOException {
        Path file = file("data.csv", rows("a,label", 400, i -> (i == 3 ? 1e6 : i) + "," + i % 2));
        ImportResult result = DataImport.of(List.of(file), "set", DataImportSettings.usual());
        Set<Float> values = new HashSet<>();
        for (Split split : List.of(result.set().train(), result.set().test())) {
            for (int i = 0; i < split.size(); i++) {
                values.add(split.pixel(i, 0));
            }
        }
        assertThat(values).hasSizeGreaterThan(398);
        assertThat(result.notes()).noneMatch(note -> note.contains("steps"));
    }

    @Test
    void valuesComeBackAsTheFloatsThatThePredictorReads() throws IOException {
        Stream draws = Stream.root(5).child("values");
        Path file = file(
                "data.csv",
                rows("a,b,label", 60, i -> draws.uniform(2 * i) + "," + 1e6 * draws.uniform(2 * i + 1) + "," + i % 3));
        DataImportSettings own = DataImportSettings.usual();
        DataSet set = DataImport.of(List.of(file), "set", own).set();
        Path stored = directory.resolve("stored");
        ImportedFiles.write(set, stored, false);
        DataSet read = DataSets.load("set", Optional.of(stored), DataProgress.NONE);
        assertThat(read.details()).isEqualTo(set.details());
        assertThat(read.train().isFloat()).isTrue();
        float[] rows = FeatureRows.read(file, set.details().features());
        Set<List<Float>> expected = new HashSet<>();
        for (int i = 0; i < 60; i++) {
            expected.add(List.of(rows[2 * i], rows[2 * i + 1]));
        }
        Set<List<Float>> found = new HashSet<>();
        for (Split split : List.of(read.train(), read.test())) {
            for (int i = 0; i < split.size(); i++) {
                List<Float> row = List.of(split.pixel(i, 0), split.pixel(i, 1));
                found.add(row);
            }
        }
        // The test rows may lie outside of the boxes of the training rows: they are moved to the end in both.
        assertThat(found).isEqualTo(expected).hasSize(60);
        // In a box from 0 to 1 a value is the float that the file has.
        Path units = file("units.csv", rows("a,label", 60, i -> draws.uniform(i) + "," + i % 3));
        DataSet unit = DataImport.of(
                        List.of(units), "set", boxes(DataImportSettings.usual(), Map.of("a", new Box(0, 1)), false))
                .set();
        Set<Float> values = new HashSet<>();
        for (Split split : List.of(unit.train(), unit.test())) {
            for (int i = 0; i < split.size(); i++) {
                values.add(split.pixel(i, 0));
            }
        }
        assertThat(values)
                .isEqualTo(IntStream.range(0, 60).mapToObj(draws::uniform).collect(Collectors.toSet()));
    }

    @Test
    void valuesOfTheTwoHundredAndFiftySixStepsStayBytes() throws IOException {
        Path file = file("data.csv", rows("a,b,label", 60, i -> 5 * (i % 52) + "," + i % 2 + "," + i % 3));
        DataSet set =
                DataImport.of(List.of(file), "set", DataImportSettings.usual()).set();
        assertThat(set.train().isFloat()).isFalse();
        Path other = file("other.csv", rows("a,b,label", 60, i -> 5.5 * (i % 52) + "," + i % 2 + "," + i % 3));
        assertThat(DataImport.of(List.of(other), "set", DataImportSettings.usual())
                        .set()
                        .train()
                        .isFloat())
                .isFalse();
        Path between = file("between.csv", rows("a,b,label", 60, i -> i + "," + i % 2 + "," + i % 3));
        assertThat(DataImport.of(List.of(between), "set", DataImportSettings.usual())
                        .set()
                        .train()
                        .isFloat())
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "'1,x', \"x\" in column b",
        "'1,NaN', \"NaN\" in column b",
        "'1,1e999', \"1e999\" in column b",
        "'1,0x1p3', \"0x1p3\""
    })
    void whatIsNoNumberIsRefusedWithLineAndColumn(String fields, String message) throws IOException {
        Path file = file("data.csv", "a,b,label\n1,2,0\n" + fields + ",1\n");
        assertThatThrownBy(() -> DataImport.of(List.of(file), "set", DataImportSettings.usual()))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(file + ", line 3 has " + message);
    }

    @Test
    void missingValuesFieldsAndLabelsAreNamed() throws IOException {
        refused("a,b,label\n1,,0\n", ", line 2 has no value in column b");
        refused("a,b,label\n1,0\n", ", line 2 has 2 fields, expected 3");
        refused("a,b,label\n1,2, \n", ", line 2 has no label");
        refused("a,b,label\n", " has no rows");
        refused("", " is empty");
        refused("a,b,c\n1,2,0\n", " has no column called label, class, target or y: expected --label NAME");
        refused("a,a,label\n1,2,0\n", " has two columns called a");
        refused("1,2,0\n1,2,1\n", " has numbers in its first line, expected names of columns, or --no-header");
        refused("a,label\n1,0.5\n2,1\n", ", line 2 has label 0.5, expected whole numbers or names of classes");
    }

    @Test
    void aTableOfAMillionColumnsIsRefused() throws IOException {
        refused("a,".repeat(1_000_000) + "label\n", " is no CSV file that can be read: ");
        refused("label,a\n0," + "1".repeat(100_000) + "\n", " is no CSV file that can be read: ");
        refused("label,a\n0,\"" + "1,2\n".repeat(100_000), " is no CSV file that can be read: ");
    }

    @Test
    void separatorsAndCompressionAreRecognised() throws IOException {
        String text = rows("a;b;label", 30, i -> i + ";" + i * i + ";" + i % 3);
        DataSet expected = DataImport.of(List.of(file("a.csv", text)), "set", DataImportSettings.usual())
                .set();
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(("\uFEFF" + text.replace(';', '\t').replace("\n", "\r\n")).getBytes(StandardCharsets.UTF_8));
        }
        Path other = SourceFiles.write(directory.resolve("b.tsv.gz"), packed.toByteArray());
        DataSet set =
                DataImport.of(List.of(other), "set", DataImportSettings.usual()).set();
        assertThat(set.train().floats()).isEqualTo(expected.train().floats());
        assertThat(set.details()).isEqualTo(expected.details());
    }

    private static Object floatAt(int row) {
        return switch (row) {
            case 5 -> 51 / 255.0;
            case 9 -> 0.5;
            case 19 -> Float.MIN_VALUE;
            default -> 1;
        };
    }

    private Path named(Path file) throws IOException {
        return Files.copy(file, directory.resolve("train.csv"), StandardCopyOption.REPLACE_EXISTING);
    }

    @Test
    void pixelsAreBytesOrNumbersFromZeroToOne() throws IOException {
        ImageShape shape = new ImageShape(1, 2);
        ArrayOptions options = new ArrayOptions(Optional.empty(), Optional.of(shape), ArrayOptions.Order.AUTO, false);
        Tables.Options tables = new Tables.Options(options, true, List.of());
        Path bytes = file("bytes.csv", rows("label,p1,p2", 20, i -> i % 2 + "," + (i == 0 ? 1 : 255) + ",0"));
        Path units = file("units.csv", rows("label,p1,p2", 20, i -> i % 2 + "," + (i == 19 ? 128 / 255.0 : 1) + ",0"));
        Path floats = file("floats.csv", rows("label,p1,p2", 20, i -> i % 2 + "," + floatAt(i) + ",0"));
        Path ones = file("ones.csv", rows("label,p1,p2", 20, i -> i % 2 + ",1,0"));
        assertThat(sum(DataImport.of(List.of(bytes), "set", SourceFiles.tables(tables))
                        .set()))
                .isEqualTo(19 * 255 + 1);
        assertThat(sum(DataImport.of(List.of(units), "set", SourceFiles.tables(tables))
                        .set()))
                .isEqualTo(19 * 255 + 128);
        // Ones and multiples of 1/255 of the rows before become floats too.
        for (List<Path> files :
                List.of(List.of(floats), List.of(file("test.csv", Files.readString(ones)), named(floats)))) {
            DataSet set =
                    DataImport.of(files, "set", SourceFiles.tables(tables)).set();
            assertThat(set.train().isFloat()).isTrue();
            assertThat(set.test().isFloat()).isTrue();
            Set<Float> found = new HashSet<>();
            for (Split split : List.of(set.train(), set.test())) {
                for (int i = 0; i < split.size(); i++) {
                    found.add(split.pixel(i, 0));
                    assertThat(split.pixel(i, 1)).isZero();
                }
            }
            assertThat(found).containsExactlyInAnyOrder(1f, 51 / 255f, 0.5f, Float.MIN_VALUE);
        }
        assertThat(sum(DataImport.of(List.of(ones), "set", SourceFiles.tables(tables))
                        .set()))
                .isEqualTo(20 * 255);
        Path wrong = file("wrong.csv", rows("label,p1,p2", 20, i -> i % 2 + "," + (i == 5 ? 256 : 2) + ",0"));
        assertThatThrownBy(() -> DataImport.of(List.of(wrong), "set", SourceFiles.tables(tables)))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("line 7 has 256.0 in column p1, expected a pixel: a whole number from 0 to 255");
    }

    @Test
    void columnsAreChosenByNameOrNumber() throws IOException {
        Path file = file(
                "data.csv", rows("", 30, i -> i % 3 + "," + i + ",text" + i).strip());
        Tables.Options options = new Tables.Options(
                new ArrayOptions(Optional.of("1"), Optional.empty(), ArrayOptions.Order.AUTO, false),
                false,
                List.of("3"));
        DataSet set =
                DataImport.of(List.of(file), "set", SourceFiles.tables(options)).set();
        assertThat(set.features()).isEqualTo(1);
        assertThat(set.classes()).isEqualTo(3);
        assertThat(set.train().size() + set.test().size()).isEqualTo(30);
    }

    @Test
    void filesOfDifferentColumnsOrSplitsAreRefused() throws IOException {
        Path train = file("train.csv", rows("a,b,label", 30, i -> i + "," + 2 * i + "," + i % 3));
        Path test = file("test.csv", rows("a,c,label", 30, i -> i + "," + 2 * i + "," + i % 3));
        assertThatThrownBy(() -> DataImport.of(List.of(train, test), "set", DataImportSettings.usual()))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(test + " has column c, expected b, as in the first file");
        Path more = file("more.csv", rows("a,b,label", 30, i -> i + "," + 2 * i + "," + i % 3));
        assertThatThrownBy(() -> DataImport.of(List.of(train, more), "set", DataImportSettings.usual()))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("names no split, but other files do");
    }

    @Test
    void wholeNumbersAreClassesByTheirSize() throws IOException {
        Path file = file("data.csv", rows("a,label", 60, i -> i + "," + (i % 12 - 1) + (i % 2 == 0 ? ".0" : "")));
        DataSet set =
                DataImport.of(List.of(file), "set", DataImportSettings.usual()).set();
        assertThat(set.details().classNames())
                .containsExactly("-1", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10");
    }

    private void refused(String text, String message) throws IOException {
        Path file = file("data.csv", text);
        assertThatThrownBy(() -> DataImport.of(List.of(file), "set", DataImportSettings.usual()))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(file + message);
    }

    private static int sum(DataSet set) {
        int sum = 0;
        for (byte[] images : new byte[][] {set.train().images(), set.test().images()}) {
            for (byte pixel : images) {
                sum += pixel & 0xff;
            }
        }
        return sum;
    }

    private static DataImportSettings label(String name) {
        return SourceFiles.arrays(
                new ArrayOptions(Optional.of(name), Optional.empty(), ArrayOptions.Order.AUTO, false));
    }

    private static DataImportSettings boxes(DataImportSettings usual, Map<String, Box> boxes, boolean clip) {
        return new DataImportSettings(
                usual.pictures(),
                usual.tables(),
                usual.division(),
                List.of(),
                false,
                boxes,
                Optional.empty(),
                clip,
                false);
    }

    private static String rows(String header, int count, java.util.function.IntFunction<String> row) {
        StringBuilder text = new StringBuilder(header).append('\n');
        for (int i = 0; i < count; i++) {
            text.append(row.apply(i)).append('\n');
        }
        return text.toString();
    }

    private Path file(String name, String text) throws IOException {
        return SourceFiles.write(directory.resolve(name), text.getBytes(StandardCharsets.UTF_8));
    }
}
