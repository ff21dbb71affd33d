package org.espalier.lab.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SlurmScriptsTest {
    @TempDir
    private Path home;

    private int refusal; // exit code of scontrol

    private SlurmScripts scripts(List<String> espalier) {
        return new SlurmScripts(
                "my search", home, espalier, 120, Optional.of(16), 2, "04:00:00", 90, List.of("--partition=long"));
    }

    @Test
    void theArrayHasItsOptions() {
        assertThat(scripts(List.of("/opt/espalier")).array())
                .startsWith("#!/bin/bash\n#SBATCH ")
                .contains(
                        "#SBATCH --job-name='espalier-my search'\n",
                        "#SBATCH --array=0-119%16\n",
                        "#SBATCH --cpus-per-task=2\n",
                        "#SBATCH --time=04:00:00\n",
                        "#SBATCH --requeue\n",
                        "#SBATCH --open-mode=append\n",
                        "#SBATCH --signal=B:USR1@90\n",
                        "#SBATCH --partition=long\n",
                        "worker-%a.log\n")
                .endsWith("run /opt/espalier work " + home + " --leave --jobs 2\n");
    }

    private record Ended(int code, String output) {}

    /** Runs a script with a worker that is a shell, and sends a signal when the worker says that it is there. */
    private Ended run(String script, String signal) throws IOException, InterruptedException {
        Path file = home.resolve("script.sh");
        Files.writeString(file, script);
        Path scontrol = home.resolve("scontrol");
        Files.writeString(scontrol, "#!/bin/sh\necho scontrol \"$@\"\nexit " + refusal + "\n");
        assertThat(scontrol.toFile().setExecutable(true)).isTrue();
        ProcessBuilder builder = new ProcessBuilder("bash", file.toString()).redirectErrorStream(true);
        builder.environment().put("PATH", home + ":" + builder.environment().get("PATH"));
        builder.environment().put("SLURM_ARRAY_JOB_ID", "7");
        builder.environment().put("SLURM_ARRAY_TASK_ID", "3");
        Process process = builder.start();
        var reader = process.inputReader(StandardCharsets.UTF_8);
        StringBuilder output = new StringBuilder();
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            output.append(line).append('\n');
            if (line.equals("working") && !signal.isEmpty()) {
                new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start();
            }
        }
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Ended(process.exitValue(), output.toString());
    }

    private String worker(String ending) throws IOException {
        Path worker = home.resolve("worker.sh");
        Files.writeString(
                worker,
                "#!/bin/bash\ntrap 'sleep 0.3; echo checkpoint; exit 143' TERM\necho working\n" + ending + "\n");
        assertThat(worker.toFile().setExecutable(true)).isTrue();
        return worker.toString();
    }

    @Test
    void beforeTheLimitTheWorkerEndsInOrderAndTheElementIsQueuedAgain() throws Exception {
        String worker = worker("while :; do sleep 0.05; done");
        Ended ended = run(scripts(List.of(worker)).array(), "USR1");
        assertThat(ended.output()).isEqualTo("working\ncheckpoint\nscontrol requeue 7_3\n");
        assertThat(ended.code()).isZero();
    }

    @Test
    void anElementThatCannotBeQueuedAgainSaysSo() throws Exception {
        refusal = 1;
        Ended ended =
                run(scripts(List.of(worker("while :; do sleep 0.05; done"))).array(), "USR1");
        assertThat(ended.output())
                .isEqualTo(
                        "working\ncheckpoint\nscontrol requeue 7_3\nespalier: scontrol has not queued this job again;"
                                + " unless it is queued already, submit its script again\n");
        assertThat(ended.code()).isEqualTo(1);
    }

    @Test
    void aPercentSignInTheDirectoryIsNoPattern() {
        var scripts =
                new SlurmScripts("s", Path.of("/x/50%j"), List.of("e"), 1, Optional.empty(), 1, "1", 9, List.of());
        assertThat(scripts.array()).contains("#SBATCH --output=/x/50%%j/cluster/logs/worker-%a.log\n");
    }

    @Test
    void aCancelledElementEndsInOrderAndIsNotQueuedAgain() throws Exception {
        String worker = worker("while :; do sleep 0.05; done");
        Ended ended = run(scripts(List.of(worker)).array(), "TERM");
        assertThat(ended.output()).isEqualTo("working\ncheckpoint\n");
        assertThat(ended.code()).isEqualTo(143);
    }

    @Test
    void theExitCodeIsTheWorkers() throws Exception {
        assertThat(run(scripts(List.of(worker("exit 1"))).array(), "").code()).isEqualTo(1);
        assertThat(run(scripts(List.of(worker("exit 0"))).array(), "").code()).isZero();
    }

    @Test
    void theReportIsMadeAfterTheCheckAndAlsoIfATrialDiverged() throws Exception {
        Path log = home.resolve("log");
        String worker = worker("echo \"$1\" >>" + log + "; [ \"$1\" != work ] || exit 4");
        assertThat(run(scripts(List.of(worker)).report(), "").code()).isZero();
        assertThat(Files.readAllLines(log)).containsExactly("work", "run", "report");
        Files.delete(log);
        worker("echo \"$1\" >>" + log + "; exit 1");
        assertThat(run(scripts(List.of(worker)).report(), "").code()).isEqualTo(1);
        assertThat(Files.readAllLines(log)).containsExactly("work");
    }
}
