// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The folder of one run: its files, and the command line that a later run goes on with. No run writes over another's.
 */
final class RunFolder {
    private static final String COMMAND = "command.txt";

    private RunFolder() {}

    /** The command line of the run in a folder: the name of its program, then its flags. */
    static List<String> command(String folder) {
        try {
            return Files.readAllLines(Path.of(folder, COMMAND));
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "--resume: there is no run in " + folder + ", which has no " + COMMAND, e);
        }
    }

    /**
     * Opens the folder {@code --out}, that of the run to go on with, or one of a like name without files.
     *
     * @param program its name
     * @param flags their values
     */
    static Path open(String program, Map<String, String> flags) {
        Path wanted = Path.of(flags.getOrDefault("out", ""));
        boolean goesOn = !flags.getOrDefault("resume", "").isEmpty();
        Path path = wanted;
        for (int k = 2; !goesOn && holdsFiles(path); k++) {
            path = wanted.resolveSibling(wanted.getFileName() + "." + k);
        }
        List<String> command = new ArrayList<>(List.of(program));
        flags.forEach((flag, value) -> {
            if (!value.isEmpty() && !flag.equals("resume")) {
                command.add("--" + flag + "=" + value);
            }
        });
        try {
            Files.createDirectories(path);
            Path file = path.resolve(COMMAND);
            if (Files.isSymbolicLink(file)) { // it may lead anywhere
                Files.delete(file);
            }
            Files.write(file, command);
        } catch (IOException e) {
            throw new IllegalArgumentException("--out: " + path + " cannot be written: " + Program.sentence(e), e);
        }
        return path;
    }

    private static boolean holdsFiles(Path path) {
        String[] files = path.toFile().list();
        return files != null && files.length > 0;
    }
}
