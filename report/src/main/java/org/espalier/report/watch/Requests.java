package org.espalier.report.watch;

import com.sun.net.httpserver.Headers;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whom requests come from and are for. */
final class Requests {
    private static final Pattern HOST = Pattern.compile("([A-Za-z0-9.-]+)(:[0-9]{1,5})?");

    private Requests() {}

    /**
     * Whether a request names this machine as its host, and comes from the page itself, from the address bar or from a
     * program, not from another page's script. The host's port is not compared, because tunnels (ssh -L) change it; a
     * foreign page cannot choose the name.
     *
     * @param names that the host may have
     */
    static boolean isForHere(Headers headers, Set<String> names) {
        List<String> hosts = headers.getOrDefault("Host", List.of());
        if (hosts.size() != 1) {
            return false;
        }
        Matcher host = HOST.matcher(hosts.getFirst());
        if (!host.matches() || !names.contains(host.group(1).toLowerCase(Locale.ROOT))) {
            return false;
        }
        List<String> origins = headers.getOrDefault("Origin", List.of());
        if (!origins.stream().allMatch(origin -> origin.equals("http://" + hosts.getFirst()))) {
            return false;
        }
        String site = headers.getFirst("Sec-Fetch-Site");
        return site == null || !site.equals("cross-site") || "navigate".equals(headers.getFirst("Sec-Fetch-Mode"));
    }
}
