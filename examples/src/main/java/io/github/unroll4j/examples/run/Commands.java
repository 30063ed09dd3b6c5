// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples.run;

import java.util.Arrays;
import java.util.stream.Collectors;

/** Commands to print, such that they can be copied into a shell. */
final class Commands {
    private Commands() {}

    /** The launcher as the user called it, and the words after it, quoted where needed. */
    static String of(String... words) {
        String launcher = System.getProperty("unroll4j.command", "examples/run");
        return launcher + " " + Arrays.stream(words).map(Commands::quoted).collect(Collectors.joining(" "));
    }

    private static String quoted(String word) {
        return word.matches("[A-Za-z0-9_./:=+,@%\\\\-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
