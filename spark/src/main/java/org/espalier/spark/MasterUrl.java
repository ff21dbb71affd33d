package org.espalier.spark;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.espalier.UserException;

/** Checks the address of a cluster before Spark does, which takes a minute and says it in many lines. */
final class MasterUrl {
    private static final Pattern STANDALONE = Pattern.compile("spark://(.+)");
    private static final Pattern HOST_AND_PORT = Pattern.compile("([^:/]+):([0-9]{1,5})");
    private static final Pattern LOCAL = Pattern.compile("local(\\[[0-9*]+(,[0-9]+)?])?|local-cluster\\[[0-9, ]+]");
    private static final int TIMEOUT_MILLIS = 10_000;

    /** Classes that only a distribution of Spark has, by the beginning of an address. */
    private static final Map<String, String> MANAGERS = Map.of(
            "yarn", "org.apache.spark.scheduler.cluster.YarnClusterManager",
            "k8s://", "org.apache.spark.scheduler.cluster.k8s.KubernetesClusterManager");

    private MasterUrl() {}

    /**
     * Checks an address.
     *
     * @throws UserException if it is malformed, or nobody listens there
     */
    static void check(String master) {
        Matcher standalone = STANDALONE.matcher(master);
        if (standalone.matches()) {
            reach(master, standalone.group(1).split(","));
            return;
        } else if (LOCAL.matcher(master).matches()) {
            return;
        }
        for (Map.Entry<String, String> manager : MANAGERS.entrySet()) {
            if (master.startsWith(manager.getKey())) {
                if (!present(manager.getValue())) {
                    throw new UserException("--master is " + master
                            + ", which needs a distribution of Spark; start the search with spark-submit, as"
                            + " docs/guides/spark.md shows");
                }
                return;
            }
        }
        throw malformed(master);
    }

    private static UserException malformed(String master) {
        return new UserException("--master is " + master
                + ", expected spark://HOST:PORT or local[N], or with spark-submit yarn or k8s://...");
    }

    private static boolean present(String type) {
        try {
            Class.forName(type, false, Thread.currentThread().getContextClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    private static void reach(String master, String[] places) {
        List<String> reasons = new ArrayList<>();
        for (String place : places) {
            Matcher parts = HOST_AND_PORT.matcher(place);
            if (!parts.matches() || Integer.parseInt(parts.group(2)) > 65535) {
                throw malformed(master);
            }
            var address = new InetSocketAddress(parts.group(1), Integer.parseInt(parts.group(2)));
            if (address.isUnresolved()) {
                reasons.add(parts.group(1) + " is unknown");
                continue;
            }
            try (Socket socket = new Socket()) {
                socket.connect(address, TIMEOUT_MILLIS);
                return; // one of several is enough
            } catch (IOException e) {
                reasons.add(OneLine.reason(e));
            }
        }
        throw new UserException("the cluster " + master + " cannot be reached: " + String.join("; ", reasons)
                + "; is its master running, and is --master its address?");
    }
}
