package org.espalier.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.espalier.cli.HearsSignals;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The launcher scripts, in a clone of their own with a JDK and a Maven that only pretend. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
    /** Folders with the shell's own tools, and neither java nor mvn: made here. */
    private static final List<String> TOOLS = List.of(
            "sh",
            "dirname",
            "readlink",
            "find",
            "head",
            "sed",
            "cat",
            "mkdir",
            "mv",
            "cp",
            "rm",
            "rmdir",
            "date",
            "grep",
            "flock",
            "sleep",
            "awk",
            "ls",
            "cksum",
            "mkfifo");

    @TempDir
    Path folder;

    private Path clone;
    private Path tools;
    private final Map<String, String> environment = new LinkedHashMap<>();

    private record Run(int code, List<String> out, List<String> err) {}

    @BeforeEach
    void pretend() throws IOException {
        clone = Files.createDirectory(folder.resolve("a clone")).toRealPath();
        Path project = Path.of("..").toRealPath();
        for (String script : List.of(
                "espalier",
                "espalier-test",
                "bin/find-jdk.sh",
                "bin/build-once.sh",
                "bin/processor.sh",
                "bin/memory.sh",
                "bin/java-options",
                "bin/java-options-avx2",
                "bin/java-options-other")) {
            Files.createDirectories(clone.resolve(script).getParent());
            Files.copy(project.resolve(script), clone.resolve(script), StandardCopyOption.COPY_ATTRIBUTES);
        }
        for (String room : List.of("core", "lab", "report", "cli")) {
            old(write(clone.resolve(room + "/src/main/java/A.java"), "class A {}"));
            old(write(clone.resolve(room + "/pom.xml"), "<project/>"));
        }
        old(write(clone.resolve("pom.xml"), "<project/>"));
        old(write(clone.resolve(".mvn/jvm.config"), ""));

        tools = Files.createDirectory(folder.resolve("tools"));
        for (String tool : TOOLS) {
            for (String place : List.of("/usr/bin/", "/bin/")) {
                if (Files.isExecutable(Path.of(place + tool))) {
                    script(tools.resolve(tool), "exec " + place + tool + " \"$@\"");
                    break;
                }
            }
        }
        environment.put("PATH", tools.toString());
        environment.put("ESPALIER_JVM_DIRS", folder.resolve("jvm").toString());
    }

    @Test
    void withoutAJdkOneLineSaysWhatIsNeeded() throws Exception {
        jdk("jvm/old", "17.0.15");

        for (String script : List.of("espalier", "espalier-test")) {
            Run run = run(clone.resolve(script), "run", "quick");

            assertThat(run.code).isEqualTo(3);
            assertThat(run.out).isEmpty();
            assertThat(run.err).singleElement().asString().startsWith(script + ": no JDK 25 or newer was found");
        }
    }

    @Test
    void withoutMavenOneLineSaysSo() throws Exception {
        jdk("jvm/new", "25.0.3");

        Run run = run(clone.resolve("espalier"), "run", "quick");

        assertThat(run.code).isEqualTo(3);
        assertThat(run.err).singleElement().asString().startsWith("espalier: Maven (mvn) is not on the PATH");
    }

    @Test
    void buildsOnceAndPassesArgumentsOn() throws Exception {
        jdk("jvm/new", "25.0.3");
        maven(0);

        Run first = run(clone.resolve("espalier"), "run", "two words", "", "*");
        Run second = run(clone.resolve("espalier"));

        assertThat(first.code).isEqualTo(7);
        assertThat(first.err)
                .singleElement()
                .asString()
                .startsWith("espalier: building")
                .contains("several minutes");
        assertThat(first.out.subList(first.out.size() - 5, first.out.size()))
                .containsExactly("[run]", "[two words]", "[]", "[*]", "in " + folder.toRealPath());
        assertThat(first.out)
                .anyMatch(argument -> argument.startsWith("[@") && argument.endsWith("/bin/java-options]"));
        assertThat(second.err).isEmpty();
        assertThat(builds()).isEqualTo(1);
    }

    /** Its sleep of five seconds is a hundredth of one here. */
    @Test
    void aLongBuildGivesSignsOfLife() throws Exception {
        jdk("jvm/new", "25.0.3");
        maven(0);
        Path sleep = Files.isExecutable(Path.of("/usr/bin/sleep")) ? Path.of("/usr/bin/sleep") : Path.of("/bin/sleep");
        Files.deleteIfExists(tools.resolve("sleep"));
        script(tools.resolve("sleep"), "[ \"$1\" = 5 ] && exec " + sleep + " 0.01\nexec " + sleep + " 1");

        Run run = run(clone.resolve("espalier"), "run");

        assertThat(run.err).startsWith(run.err.getFirst(), "espalier: still building, 30 s");
        assertThat(run.code).isEqualTo(7);
    }

    @Test
    void buildsAgainWhenASourceIsNewerOrGone() throws Exception {
        jdk("jvm/new", "25.0.3");
        maven(0);
        run(clone.resolve("espalier"));

        Path source = clone.resolve("lab/src/main/java/A.java");
        Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(2)));
        run(clone.resolve("espalier"));
        assertThat(builds()).isEqualTo(2);

        old(source);
        run(clone.resolve("espalier"));
        assertThat(builds()).isEqualTo(2);

        Files.delete(source);
        run(clone.resolve("espalier"));
        assertThat(builds()).isEqualTo(3);
    }

    @Test
    void aFailedBuildShowsWhyAndWhereTheLogIsAndIsTriedAgain() throws Exception {
        jdk("jvm/new", "25.0.3");
        maven(1);

        Run run = run(clone.resolve("espalier"));

        assertThat(run.code).isEqualTo(3);
        assertThat(run.err)
                .containsExactly(
                        run.err.getFirst(),
                        "[ERROR] A.java:[1,1] cannot find symbol",
                        "espalier: the build failed; all that Maven said is in " + clone.resolve(".build/build.log"));
        maven(0);
        assertThat(run(clone.resolve("espalier")).code).isEqualTo(7);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void launchersStartedTogetherBuildOnce(boolean flock) throws Exception {
        if (!flock) {
            // As on macOS, and with the lock of a launcher that was killed: no process has such a number.
            Files.deleteIfExists(tools.resolve("flock"));
            write(clone.resolve(".build/lock.d/pid"), "99999999");
        }
        jdk("jvm/new", "25.0.3");
        maven(0);
        var started = new ArrayList<Process>();
        for (int i = 0; i < 4; i++) {
            started.add(
                    start(clone.resolve("espalier")).redirectErrorStream(true).start());
        }
        for (Process process : started) {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(7);
        }
        assertThat(builds()).isEqualTo(1);
    }

    @Test
    void isFoundThroughSymbolicLinks() throws Exception {
        jdk("jvm/new", "25.0.3");
        maven(0);
        Path here = Files.createDirectory(folder.resolve("links"));
        Path relative = Files.createSymbolicLink(here.resolve("one"), Path.of("../a clone/espalier"));
        Path twice = Files.createSymbolicLink(here.resolve("two"), relative);

        assertThat(run(twice).code).isEqualTo(7);
        assertThat(clone.resolve(".build/current")).exists();
    }

    @Test
    void javaHomeComesFirstThenThePathThenTheLowestThatWillDo() throws Exception {
        maven(0);
        jdk("jvm/later", "26.0.1");
        jdk("jvm/fitting", "25.0.3");
        assertThat(run(clone.resolve("espalier")).out).contains("JDK " + folder.resolve("jvm/fitting"));

        Path onPath = jdk("elsewhere", "26");
        Files.createSymbolicLink(tools.resolve("java"), onPath.resolve("bin/java"));
        assertThat(run(clone.resolve("espalier")).out).contains("JDK " + onPath.toRealPath());

        environment.put("JAVA_HOME", jdk("home", "27-ea").toString());
        assertThat(run(clone.resolve("espalier")).out).contains("JDK " + folder.resolve("home"));

        environment.put("JAVA_HOME", jdk("old home", "17.0.15").toString());
        assertThat(run(clone.resolve("espalier")).out).contains("JDK " + onPath.toRealPath());
    }

    @Test
    void theUsersOptionsComeAfterTheLaunchersOwn() throws Exception {
        jdk("jvm/new", "25.0.3");
        maven(0);
        environment.put("ESPALIER_JAVA_OPTS", "-Xmx2g -Dx=y");

        assertThat(run(clone.resolve("espalier"), "status").out)
                .containsSubsequence(
                        "[@" + clone.toRealPath() + "/bin/java-options]", "[-Xmx2g]", "[-Dx=y]", "[-jar]", "[status]");
    }

    @Test
    void memoryOutsideTheHeapIsHalfOfTheMachinesAndAtLeastTheHeapsDefault() throws Exception {
        jdk("jvm/new", "25.0.3");
        maven(0);
        String option = "[-XX:MaxDirectMemorySize=";

        List<String> given = run(clone.resolve("espalier"), "status").out.stream()
                .filter(argument -> argument.startsWith(option))
                .toList();

        assertThat(given).hasSize(1);
        long mib = Long.parseLong(given.getFirst().replaceAll("\\D", ""));
        var machine = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        assertThat(mib).isBetween(640L, Math.max(640, machine.getTotalMemorySize() / 2 >> 20));
    }

    @Test
    void onSparkTheModulesJarIsTheProgramIfItIsBuiltAndNew() throws Exception {
        jdk("jvm/new", "25.0.3");
        maven(0);
        assertThat(run(clone.resolve("espalier"), "run", "--on", "spark").out)
                .as("without the module the program says what is missing")
                .contains("[-jar]")
                .doesNotContain("[-cp]");
        Path jar = write(clone.resolve("spark/target/espalier-on-spark.jar"), "jar");

        for (List<String> words : List.of(List.of("run", "--on", "spark"), List.of("run", "--on=spark"))) {
            assertThat(run(clone.resolve("espalier"), words.toArray(String[]::new)).out)
                    .containsSubsequence(
                            "[@" + clone.toRealPath() + "/bin/java-options-spark]",
                            "[-cp]",
                            "[" + jar.toRealPath() + ":" + clone.toRealPath() + "/spark/target/jars/*]",
                            "[org.espalier.cli.Main]",
                            "[run]")
                    .doesNotContain("[-jar]");
        }
        assertThat(run(clone.resolve("espalier"), "run", "spark").out).contains("[-jar]");

        Files.setLastModifiedTime(
                clone.resolve("lab/src/main/java/A.java"),
                FileTime.from(Instant.now().plusSeconds(2)));
        Run stale = run(clone.resolve("espalier"), "run", "--on", "spark");
        assertThat(stale.code).isEqualTo(3);
        assertThat(stale.err).singleElement().asString().startsWith("espalier: the module spark is older than ");
    }

    @Test
    void aJarOfAnotherVersionIsNotTakenForThisBuilds() throws Exception {
        jdk("jvm/new", "25.0.3");
        maven(0);
        write(clone.resolve("cli/target/espalier-cli-0.9.jar"), "old");

        assertThat(run(clone.resolve("espalier")).code).isEqualTo(7);
        assertThat(builtJar()).hasContent("program");
    }

    @Test
    void aBuildWithoutItsFilesIsNeverUsed() throws Exception {
        jdk("jvm/new", "25.0.3");
        script(tools.resolve("mvn"), "mkdir -p cli/target/lib");
        Run noJar = run(clone.resolve("espalier"));
        script(tools.resolve("mvn"), "mkdir -p cli/target\n: >cli/target/espalier-cli-1.jar\nrm -rf cli/target/lib");
        Run noLibraries = run(clone.resolve("espalier"));

        assertThat(noJar.code).isEqualTo(3);
        assertThat(noJar.err).hasSize(2);
        assertThat(noJar.err.getLast())
                .startsWith("espalier: the build failed: Maven left no single ")
                .endsWith("/cli/target/espalier-cli-*.jar");
        assertThat(noLibraries.code).isEqualTo(3);
        assertThat(noLibraries.err.getLast())
                .startsWith("espalier: the build failed: the built files could not be copied to ");
        assertThat(clone.resolve(".build/current")).doesNotExist();
        assertThat(clone.resolve(".build")).isDirectoryNotContaining("glob:**/app-*");
    }

    @ParameterizedTest
    @ValueSource(strings = {"espalier.jar", "lib/a.jar"})
    void aDamagedBuildIsBuiltAgain(String file) throws Exception {
        jdk("jvm/new", "25.0.3");
        maven(0);
        run(clone.resolve("espalier"));
        Path damaged = builtJar().resolveSibling(file);

        write(damaged, "");
        assertThat(run(clone.resolve("espalier")).code).isEqualTo(7);
        assertThat(builds()).isEqualTo(2);

        Files.delete(builtJar().resolveSibling(file));
        assertThat(run(clone.resolve("espalier")).code).isEqualTo(7);
        assertThat(builds()).isEqualTo(3);
    }

    @Test
    void whatTheVirtualMachineSaysIsHeardExceptItsIncubatorWarning() throws Exception {
        Path home = jdk("jvm/new", "25.0.3");
        maven(0);
        run(clone.resolve("espalier"));
        script(home.resolve("bin/java"), """
            echo 'WARNING: Using incubator modules: jdk.incubator.vector' >&2
            printf '%s\\n' 'Error: no \\n room' >&2
            printf 'last' >&2
            exit 1
            """);

        Run run = run(clone.resolve("espalier"));

        assertThat(run.code).isEqualTo(1);
        assertThat(run.err).containsExactly("Error: no \\n room", "last");
        assertThat(clone.resolve(".build")).isDirectoryNotContaining("glob:**/voice.*");
    }

    @Test
    void aProgramThatTookItsErrorOutputBackHasItForItself() throws Exception {
        Path home = jdk("jvm/new", "25.0.3");
        maven(0);
        run(clone.resolve("espalier"));
        script(
                home.resolve("bin/java"),
                "exec 2>&3\necho 'WARNING: Using incubator modules: jdk.incubator.vector' >&2");

        assertThat(run(clone.resolve("espalier")).err).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM"})
    void signalsReachTheVirtualMachineAndItsCodeComesBack(String signal) throws Exception {
        Path home = jdk("jvm/new", "25.0.3");
        maven(0);
        run(clone.resolve("espalier"));
        script(home.resolve("bin/java"), "trap 'exit 42' " + signal + "\necho ready\nwhile :; do sleep 0.05; done");

        ProcessBuilder launcher = start(clone.resolve("espalier"));
        Process process =
                launcher.command(HearsSignals.command(launcher.command())).start();
        assertThat(process.inputReader().readLine()).isEqualTo("ready");
        Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start();

        assertThat(kill.waitFor()).isZero();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(42);
    }

    @Test
    void crashLogsGoToTheClone() throws Exception {
        jdk("jvm/new", "25.0.3");
        maven(0);

        assertThat(run(clone.resolve("espalier")).out)
                .contains("[-XX:ErrorFile=" + clone + "/.build/hs_err_pid%p.log]");
    }

    @Test
    void theTestCommandCountsWhatSurefireReports() throws Exception {
        jdk("jvm/new", "25.0.3");
        String report =
                "<?xml version=\"1.0\"?>\n<testsuite name=\"A\" time=\"0.1\" tests=\"5\" errors=\"1\" skipped=\"1\""
                        + " failures=\"1\">\n<testcase name=\"tests=&quot;9\"/></testsuite>";
        script(
                tools.resolve("mvn"),
                "mkdir -p core/target/surefire-reports\ncat >core/target/surefire-reports/TEST-A.xml <<'X'\n" + report
                        + "\nX\nexit 1");
        write(clone.resolve("lab/target/surefire-reports/TEST-Stale.xml"), report);

        Run run = run(clone.resolve("espalier-test"));

        assertThat(run.code).isEqualTo(1);
        assertThat(run.out.getLast()).isEqualTo("2 passed, 2 failed, 1 skipped");
    }

    @Test
    void theTestCommandPassesWhenAllDoes() throws Exception {
        jdk("jvm/new", "25.0.3");
        script(tools.resolve("mvn"), """
            mkdir -p core/target/surefire-reports cli/target/site/jacoco-aggregate
            echo '<testsuite tests="5" errors="0" skipped="0" failures="0"/>' >core/target/surefire-reports/TEST-A.xml
            printf 'a,b,c,d,e,f,g,LINE_MISSED,LINE_COVERED\\na,b,c,1,1,1,1,1,3\\n' >cli/target/site/jacoco-aggregate/jacoco.csv
            """);

        Run run = run(clone.resolve("espalier-test"));

        assertThat(run.code).isZero();
        assertThat(run.out).contains("Coverage: 75.0 % of 4 lines");
        assertThat(run.out.getLast()).isEqualTo("5 passed, 0 failed");
    }

    /** A folder that looks like a JDK; its java prints its arguments and ends with code 7. */
    private Path jdk(String name, String version) throws IOException {
        Path home = folder.resolve(name);
        write(home.resolve("release"), "IMPLEMENTOR=\"Nobody\"\nJAVA_VERSION=\"" + version + "\"\n");
        script(home.resolve("bin/javac"), "exit 1");
        script(
                home.resolve("bin/java"),
                "echo \"JDK $JAVA_HOME\"\nfor a in \"$@\"; do echo \"[$a]\"; done\necho \"in $(pwd -P)\"\nexit 7");
        return home;
    }

    /** A Maven that notes each build, and makes what a build makes or fails. */
    private void maven(int code) throws IOException {
        script(
                tools.resolve("mvn"),
                "echo built >>" + quoted(folder.resolve("builds")) + "\nsleep 0.2\n"
                        + (code == 0
                                ? "mkdir -p cli/target/lib\necho lib >cli/target/lib/a.jar\n"
                                        + "echo program >cli/target/espalier-cli-1.jar"
                                : "echo '[INFO] Building'\necho '[ERROR] A.java:[1,1] cannot find symbol'\n"
                                        + "echo '[ERROR] [Help 1] somewhere'\nexit " + code));
    }

    private Path builtJar() throws IOException {
        Path builds = clone.resolve(".build");
        return builds.resolve(Files.readString(builds.resolve("current")).strip())
                .resolve("espalier.jar");
    }

    private int builds() throws IOException {
        return Files.readAllLines(folder.resolve("builds")).size();
    }

    /** Waits for the end of the error output too: the virtual machine's voice passes through a process of its own. */
    private Run run(Path script, String... arguments) throws IOException, InterruptedException {
        ProcessBuilder builder = start(script, arguments);
        builder.command()
                .addAll(
                        0,
                        List.of("/bin/sh", "-c", "{ \"$@\" 2>&1 >out.txt; echo $? >code.txt; } | cat >err.txt", "sh"));
        Process process = builder.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("the script ends").isTrue();
        return new Run(
                Integer.parseInt(Files.readString(folder.resolve("code.txt")).strip()),
                Files.readAllLines(folder.resolve("out.txt")),
                Files.readAllLines(folder.resolve("err.txt")));
    }

    private ProcessBuilder start(Path script, String... arguments) {
        var command = new ArrayList<>(List.of(script.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        return builder;
    }

    private static void script(Path file, String text) throws IOException {
        write(file, "#!/bin/sh\n" + text + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static Path write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text, StandardCharsets.UTF_8);
    }

    /** Gives a file, and the folders above it that the launcher looks at, a time before any build. */
    private static Path old(Path file) throws IOException {
        FileTime past = FileTime.from(Instant.now().minusSeconds(3600));
        Files.setLastModifiedTime(file, past);
        for (Path above = file.getParent();
                above.toString().contains("/src/main") || above.endsWith(".mvn");
                above = above.getParent()) {
            Files.setLastModifiedTime(above, past);
        }
        return file;
    }

    private static String quoted(Path path) {
        return "'" + path + "'";
    }
}
