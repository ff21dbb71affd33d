package org.espalier.lab.runner;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.espalier.UserException;

/** A run in a process of its own, to be killed: DIRECTORY JOBS ITERATIONS [PATH=VALUE...]. */
final class RunnerMain {
    private RunnerMain() {}

    public static void main(String[] arguments) {
        RunObserver observer = new RunObserver() {
            @Override
            public void planned(int trials, List<Integer> levels, List<Integer> waiting) {
                System.out.println("planned " + levels.size() + " done " + (levels.size() - waiting.size()));
            }

            @Override
            public void started(LevelInWork level, int iteration) {
                System.out.println("started " + level.key() + " at " + iteration);
            }
        };
        Runner runner = new Runner(
                new RunRequest(
                        TinyData.experiment(
                                Integer.parseInt(arguments[2]), Arrays.copyOfRange(arguments, 3, arguments.length)),
                        Path.of(arguments[0]),
                        Integer.parseInt(arguments[1]),
                        Duration.ofMillis(15),
                        "test",
                        List.of(arguments)),
                observer);
        try {
            runner.run(TinyData.data());
        } catch (UserException e) {
            System.out.println(e.getMessage());
            System.exit(1);
        }
    }
}
