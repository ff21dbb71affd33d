package org.espalier.engine.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.espalier.engine.simd.Lanes;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** One order of summation: the same bits at every register width, in scalar code, with dense or sparse kernels, and with zeros left out. */
class BitIdentityTest {
    private static final List<String> WIDTHS = List.of("128", "256", "512");

    /** A process uses one core, so several run at a time. */
    private static final ExecutorService CORES =
            Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());

    private static final Map<String, Future<List<String>>> RUNS = new HashMap<>();
    private static final List<Process> PROCESSES = new CopyOnWriteArrayList<>();
    private static List<String> scalar = List.of();

    @BeforeAll
    static void runAll() throws Exception {
        RUNS.put("scalar", CORES.submit(() -> run(true, "scalar")));
        WIDTHS.forEach(bits -> RUNS.put(bits, CORES.submit(() -> run(true, bits))));
        RUNS.put("chains", CORES.submit(() -> run(true, "256", "-D" + Lanes.CHAINS + "=12")));
        RUNS.put("no module", CORES.submit(() -> run(false, "widest")));
        scalar = lines("scalar");
    }

    @AfterAll
    static void end() {
        CORES.shutdownNow();
        PROCESSES.forEach(Process::destroyForcibly);
    }

    private static List<String> lines(String run) throws Exception {
        return Objects.requireNonNull(RUNS.get(run)).get();
    }

    @ParameterizedTest
    @FieldSource("WIDTHS")
    void everyRegisterWidthGivesTheScalarCodesBits(String bits) throws Exception {
        List<String> lines = lines(bits);
        assertThat(lines.getFirst()).isEqualTo("bits " + bits);
        assertSame(digests(scalar), digests(lines));
    }

    @Test
    void blocksOfTwelveChainsGiveTheScalarCodesBits() throws Exception {
        List<String> lines = lines("chains");
        assertThat(lines.getFirst()).isEqualTo("bits 256");
        assertSame(digests(scalar), digests(lines));
    }

    @Test
    void withoutTheVectorModuleScalarCodeRunsAndSaysSoOnce() throws Exception {
        List<String> lines = lines("no module");
        assertThat(lines.stream().filter(line -> line.contains("jdk.incubator.vector")))
                .hasSize(1);
        assertSame(digests(scalar), digests(lines));
    }

    @Test
    void allKernelsGiveTheSameBits() {
        List<String> lines = digests(scalar);
        int policies = RandomCases.POLICIES.size();
        assertThat(lines).hasSizeGreaterThan(1000 * policies);
        List<String> first = ofPolicy(lines, 0);
        for (int policy = 1; policy < policies; policy++) {
            assertSame(first, ofPolicy(lines, policy));
        }
    }

    /** The lines of one policy, with its number left out. */
    private static List<String> ofPolicy(List<String> lines, int policy) {
        String number = " policy " + policy + " ";
        return lines.stream()
                .filter(line -> line.contains(number))
                .map(line -> line.replace(number, " "))
                .toList();
    }

    /** Fails with the first line that differs: it names shape, density, step, computed quantity and layer. */
    private static void assertSame(List<String> expected, List<String> actual) {
        for (int i = 0; i < Math.min(expected.size(), actual.size()); i++) {
            assertThat(actual.get(i)).as("first difference, line " + i).isEqualTo(expected.get(i));
        }
        assertThat(actual).as("digests").hasSameSizeAs(expected);
    }

    private static List<String> digests(List<String> lines) {
        return lines.stream().filter(line -> line.startsWith("digest ")).toList();
    }

    /** The option with which this virtual machine measures coverage: a child appends its own to the same file. */
    private static List<String> coverageAgent() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> option.startsWith("-javaagent:") && option.contains("jacoco"))
                .toList();
    }

    private static List<String> run(boolean vectors, String bits, String... options)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        if (vectors) {
            command.add("--add-modules=jdk.incubator.vector");
            command.add("--enable-native-access=ALL-UNNAMED");
            command.add("-XX:-UseFPUForSpilling"); // as the command is started
            command.add("-Djdk.incubator.vector.VECTOR_ACCESS_OOB_CHECK=0");
            command.add("-XX:Tier3InvocationThreshold=20"); // compiled code soon, for it is that which must agree
            command.add("-XX:Tier4InvocationThreshold=100");
            command.add("-XX:Tier4MinInvocationThreshold=50");
            command.add("-XX:Tier4CompileThreshold=200");
            command.add("-XX:Tier4BackEdgeThreshold=500");
        }
        command.add("-Xmx1g");
        command.addAll(coverageAgent());
        command.add("-D" + Lanes.PROPERTY + "=" + bits);
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), EngineDigest.class.getName()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        PROCESSES.add(process);
        String output = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).as(output).isZero();
        return output.lines()
                .filter(line -> !line.startsWith("WARNING: Using incubator"))
                .toList();
    }
}
