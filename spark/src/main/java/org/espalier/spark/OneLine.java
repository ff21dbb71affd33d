package org.espalier.spark;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.espalier.UserException;

/** Failures of Spark, Hadoop and executors as one sentence. */
final class OneLine {
    private static final Pattern CLASS_FILE =
            Pattern.compile("class file version (\\d+).*up to (\\d+)", Pattern.DOTALL);
    private static final int FIRST_VERSION = 44; // of class files: Java 1

    private OneLine() {}

    /** The reason of a failure: the innermost message that says something, without what follows its first line. */
    static String reason(Throwable failure) {
        String reason = "";
        for (Throwable each = failure; each != null; each = each.getCause()) {
            String message = each.getMessage();
            if (each instanceof UserException user) {
                return user.getMessage();
            } else if (message != null && !message.isBlank()) {
                reason = first(message);
            }
        }
        return reason.isEmpty() ? failure.getClass().getSimpleName() : reason;
    }

    /** The first line, without Spark's and Hadoop's hints behind it. */
    private static String first(String message) {
        String line = message.strip().lines().findFirst().orElse("").strip();
        return line.replaceFirst("; For more details see: .*", "").replaceFirst("[.;:]+$", "");
    }

    /**
     * Why a task failed.
     *
     * @param host where
     * @param type name of the exception's class
     * @param message its message
     */
    static String ofTask(String host, String type, String message) {
        if (type.endsWith("UnsupportedClassVersionError")) {
            Matcher versions = CLASS_FILE.matcher(message);
            return "executors on " + host + " run "
                    + (versions.find()
                            ? "Java " + (Integer.parseInt(versions.group(2)) - FIRST_VERSION) + ", expected Java "
                                    + (Integer.parseInt(versions.group(1)) - FIRST_VERSION) + " or newer"
                            : "an older Java than this program")
                    + "; set --conf spark.executorEnv.JAVA_HOME=FOLDER, or the cluster's JAVA_HOME";
        } else if (type.equals(ChainFailure.class.getName())) {
            return message + " (on executor host " + host + ")";
        } else if (type.endsWith("OutOfMemoryError")) {
            return "the memory of an executor on " + host
                    + " is full; give it more with --conf spark.executor.memory=SIZE";
        }
        return "a task on " + host + " failed: " + type.substring(type.lastIndexOf('.') + 1) + ": " + first(message);
    }

    /** Whether Spark ended a job because a task failed too often, of which the watch has told. */
    static boolean isOfTask(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (String.valueOf(each.getMessage()).toLowerCase(Locale.ROOT).contains("most recent failure")) {
                return true;
            }
        }
        return false;
    }

    /** Why Spark ended a job. */
    static String ofJob(Throwable failure) {
        String reason = reason(failure).replaceFirst("^Job aborted due to stage failure: ", "");
        return "Spark ended the job: " + reason;
    }
}
