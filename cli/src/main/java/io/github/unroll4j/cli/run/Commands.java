// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.run;

import java.io.File;
import java.net.URI;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * Commands to print, such that they can be copied into a shell.
 *
 * @since 0.1.0
 */
public final class Commands {
    private Commands() {}

    /** {@return the program as the user started it: a launcher says so, else it is {@code java -jar FILE}} */
    public static String launcher() {
        String launcher = System.getProperty("unroll4j.command");
        if (launcher != null) {
            return quoted(launcher);
        }
        CodeSource source = Commands.class.getProtectionDomain().getCodeSource();
        String from = source == null ? "" : source.getLocation().toString();
        return from.endsWith(".jar") ? "java -jar " + quoted(shortest(Path.of(URI.create(from)))) : "unroll4j";
    }

    private static String shortest(Path file) {
        Path here = Path.of("").toAbsolutePath();
        return (file.startsWith(here) ? here.relativize(file) : file).toString();
    }

    /**
     * A command to copy.
     *
     * @param words after the program, quoted where needed
     * @return all of it
     */
    public static String of(String... words) {
        return launcher() + " " + Arrays.stream(words).map(Commands::quoted).collect(Collectors.joining(" "));
    }

    private static String quoted(String word) {
        boolean windows = File.separatorChar == '\\';
        if (word.matches(windows ? "[A-Za-z0-9_./:=+,@%\\\\-]+" : "[A-Za-z0-9_./:=+,@%-]+")) {
            return word;
        }
        return windows ? '"' + word + '"' : "'" + word.replace("'", "'\\''") + "'";
    }
}
