// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.flags;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The files that a run reads. A model file, which may come from a stranger, does not say them; the run writes them into
 * a file of its folder, and they are shown when it goes on.
 *
 * @since 0.1.0
 */
public final class Inputs {
    private static final Set<String> NAMES = Set.of(
            "--data",
            "--train",
            "--valid",
            "--test",
            "--src",
            "--trg",
            "--valid-src",
            "--valid-trg",
            "--test-src",
            "--test-trg");
    private static final int MOST_BYTES = 1 << 16;

    private Inputs() {}

    /** Whether a flag names a file to read. */
    static boolean isOne(String flag) {
        return NAMES.contains(flag);
    }

    /**
     * What a run reads, to be shown to the user and to be kept in its folder.
     *
     * @param command the command, parsed
     * @return flags in the form {@code --name=value}, in one order
     */
    public static List<String> of(CommandLine command) {
        Set<String> inputs = new TreeSet<>();
        for (OptionSpec option : command.getParseResult().matchedOptions()) {
            if (isOne(option.longestName())) {
                inputs.add(option.longestName() + "=" + option.stringValues().get(0));
            }
        }
        return List.copyOf(inputs);
    }

    /**
     * The file that says what a run reads, a flag a line.
     *
     * @param folder of the run
     * @return a path in it
     */
    public static Path file(Path folder) {
        return folder.resolve("inputs.txt");
    }

    /** What the run of a model file reads, as the run itself has said beside it. */
    static List<String> read(Path model) {
        Path file = file(model.resolveSibling(""));
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return List.of();
        }
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw refused(file, "has " + Files.size(file) + " bytes, expected a few lines");
            }
            List<String> lines = Files.readAllLines(file);
            for (String line : lines) {
                if (!line.contains("=") || !isOne(line.substring(0, line.indexOf('=')))) {
                    throw refused(file, "has the line '" + line + "', expected one of " + new TreeSet<>(NAMES));
                }
            }
            return lines;
        } catch (IOException e) {
            throw new IllegalArgumentException("--resume: " + file + " cannot be read: " + e, e);
        }
    }

    private static IllegalArgumentException refused(Path file, String what) {
        return new IllegalArgumentException(
                "--resume: " + file + " " + what + "; move it away and name the files to read yourself");
    }
}
