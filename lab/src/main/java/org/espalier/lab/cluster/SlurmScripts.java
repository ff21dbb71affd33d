package org.espalier.lab.cluster;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The batch scripts of a search on Slurm: an array whose elements are workers, and a job after it that makes the report.
 *
 * @param name of the search
 * @param directory of the search, absolute, planned
 * @param espalier the command that starts Espalier, word by word
 * @param elements of the array, at least 1
 * @param throttle elements that run at the same time; empty for all
 * @param cores of an element, at least 1
 * @param time limit of each job, as Slurm writes it
 * @param before seconds from the signal to the limit
 * @param options for both jobs, as {@code --partition=long}
 */
public record SlurmScripts(
        String name,
        Path directory,
        List<String> espalier,
        int elements,
        Optional<Integer> throttle,
        int cores,
        String time,
        int before,
        List<String> options) {
    /** Folder of the logs, one for each element. */
    public static final String LOGS = "cluster/logs";

    private static final String QUOTED = "[A-Za-z0-9_./:=,@%+-]+";

    /** The command that started this Java, for jobs: its options and class path, and a main class. */
    public static List<String> thisJava(String classPath, String main) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            // The launcher's pipe for error output is this process's own.
            if (!option.startsWith("-Despalier.stderr=")) {
                command.add(option);
            }
        }
        List<String> places = new ArrayList<>();
        for (String place : classPath.split(":")) {
            places.add(Path.of(place).toAbsolutePath().toString());
        }
        command.addAll(List.of("-cp", String.join(":", places), main));
        return command;
    }

    private static String quoted(String word) {
        return word.matches(QUOTED) ? word : "'" + word.replace("'", "'\\''") + "'";
    }

    private String espalier(String... arguments) {
        List<String> words = new ArrayList<>(espalier);
        words.addAll(List.of(arguments));
        return String.join(" ", words.stream().map(SlurmScripts::quoted).toList());
    }

    private String head(String job, String log) {
        StringBuilder head = new StringBuilder("#!/bin/bash\n");
        List<String> lines = new ArrayList<>(List.of(
                "--job-name=" + quoted(job + name),
                "--ntasks=1",
                "--cpus-per-task=" + cores,
                "--time=" + time,
                "--requeue",
                "--open-mode=append",
                "--signal=B:USR1@" + before,
                // A percent sign begins a pattern.
                "--output=" + quoted(directory.resolve(LOGS).toString().replace("%", "%%") + "/" + log)));
        lines.addAll(options);
        lines.forEach(line -> head.append("#SBATCH ").append(line).append('\n'));
        return head.toString();
    }

    /** Runs a command in the background, so that the shell hears signals, and queues the job again before its limit. */
    private static String body(String job, String commands) {
        return """

                # Before the time limit, Slurm sends USR1 to this shell: the worker publishes checkpoints, and the job is queued
                # again. Any worker continues. TERM (scancel, preemption) does the same without queueing.
                again=
                child=
                trap 'again=yes; [ -z "$child" ] || kill -TERM "$child" 2>/dev/null' USR1
                trap '[ -z "$child" ] || kill -TERM "$child" 2>/dev/null' TERM
                run() {
                    "$@" &
                    child=$!
                    wait "$child"
                    code=$?
                    # A trap ends the wait before the worker has ended.
                    while kill -0 "$child" 2>/dev/null; do
                        wait "$child"
                        code=$?
                    done
                    child=
                    if [ -n "$again" ]; then
                        scontrol requeue "%s" && exit 0
                        echo "espalier: scontrol has not queued this job again; unless it is queued already, submit its script again" >&2
                        exit 1
                    fi
                    return "$code"
                }
                """.formatted(job) + commands;
    }

    /** The array's script. */
    public String array() {
        return head("espalier-", "worker-%a.log")
                + "#SBATCH --array=0-" + (elements - 1)
                + throttle.map(most -> "%" + most).orElse("") + "\n"
                + body(
                        "${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}",
                        "run "
                                + espalier("work", directory.toString(), "--leave", "--jobs", Integer.toString(cores))
                                + "\n");
    }

    /** The script of the job after the array: trains what is left or damaged, evaluates, and writes the report. */
    public String report() {
        String store = directory.toString();
        String jobs = Integer.toString(cores);
        return head("espalier-report-", "report.log")
                + body(
                        "$SLURM_JOB_ID",
                        // Exit code 4 says that a trial diverged, which the report shows.
                        "run " + espalier("work", store, "--verify", "--jobs", jobs)
                                + " || [ $? -eq 4 ] || exit 1\nrun "
                                + espalier(
                                        "run",
                                        directory.resolve("experiment.yaml").toString(),
                                        "--out",
                                        store,
                                        "--jobs",
                                        jobs)
                                + " || [ $? -eq 4 ] || exit 1\nrun "
                                + espalier("report", store)
                                + "\n");
    }
}
