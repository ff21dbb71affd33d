package org.espalier.spark;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.espalier.UserException;
import org.espalier.lab.cluster.SharedFiles;
import org.espalier.lab.cluster.SharedFolder;

/** Opens shared stores by their address. */
final class Stores {
    private Stores() {}

    /**
     * The address of a store.
     *
     * @param text as the user gives it; without a scheme it is a folder
     * @throws UserException if it is malformed
     */
    static URI address(String text) {
        if (!text.contains(":/")) {
            return Path.of(text).toAbsolutePath().normalize().toUri();
        }
        try {
            URI address = new URI(text);
            if (address.getPath() == null
                    || address.getPath().isEmpty()
                    || address.getPath().equals("/")) {
                throw new UserException("--store is " + text + ", expected a folder behind the host, as in " + text
                        + (text.endsWith("/") ? "" : "/") + "mine");
            }
            return address;
        } catch (URISyntaxException e) {
            throw new UserException("--store is " + text + ", expected an address such as hdfs://HOST:9000/mine", e);
        }
    }

    /**
     * Opens a store: folders directly, all others through Hadoop.
     *
     * @throws UserException if there is no file system for this address, or it cannot be reached
     */
    static SharedFiles open(URI address, Configuration hadoop) {
        return isFolder(address) ? new SharedFolder(folder(address)) : HadoopFiles.open(address, hadoop);
    }

    /** Whether a store is a folder that all machines mount. */
    static boolean isFolder(URI address) {
        return "file".equals(address.getScheme());
    }

    static Path folder(URI address) {
        return Path.of(address.getPath());
    }

    /** Hadoop's settings as bytes, for executors. */
    static byte[] encode(Configuration hadoop) {
        try (var bytes = new ByteArrayOutputStream();
                var stream = new DataOutputStream(bytes)) {
            hadoop.write(stream);
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads what {@link #encode} made. */
    static Configuration decode(byte[] bytes) {
        try {
            Configuration hadoop = new Configuration(false);
            hadoop.readFields(new DataInputStream(new ByteArrayInputStream(bytes)));
            return hadoop;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
