// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The programs, and a way to start one by its name: what {@code examples/run} calls. */
public final class Examples {
    static final List<Program> ALL = List.of(
            QuickStart.PROGRAM,
            QuickTranslation.PROGRAM,
            CharRnn.PROGRAM,
            CharLstm.PROGRAM,
            CharGru.PROGRAM,
            WordRnn.PROGRAM,
            WordLstm.PROGRAM,
            WordGru.PROGRAM,
            EncoderDecoder.PROGRAM,
            Bahdanau.PROGRAM,
            Luong.PROGRAM,
            VanishingGradients.PROGRAM,
            Adding.PROGRAM,
            Copy.PROGRAM,
            Addition.PROGRAM,
            Dates.PROGRAM);

    private Examples() {}

    /** The program of a name. */
    static Program named(String name) {
        return ALL.stream()
                .filter(program -> program.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no " + name + ", only "
                        + ALL.stream().map(Program::name).collect(Collectors.joining(", "))));
    }

    /**
     * Runs a program and ends the JVM with its exit code: 0 done, 1 failed, 2 misused, 130 stopped by Ctrl-C.
     *
     * @param words the name of the program, then its flags
     */
    public static void main(String... words) {
        // Not the charset of the locale, which in a container is often unset and would turn é into a question mark.
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        int code = run(out, err, words);
        if (out.checkError() && code == 0) {
            err.println(Program.LAUNCHER
                    + ": the text could not be written to the standard output; likely cause: it was closed before the"
                    + " end, or its disk is full");
            code = 1;
        }
        System.exit(code);
    }

    /** Runs a program and returns its exit code. */
    static int run(PrintWriter out, PrintWriter err, String... words) {
        try {
            return named(words.length == 0 ? "program without a name" : words[0])
                    .run(out, err, Arrays.copyOfRange(words, 1, words.length));
        } catch (IllegalArgumentException e) {
            err.println(Program.LAUNCHER + ": " + e.getMessage());
            return 2;
        }
    }
}
