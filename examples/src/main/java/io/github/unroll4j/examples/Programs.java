// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import java.io.PrintWriter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The programs by their names, for whoever starts them. */
public final class Programs {
    private static final List<Program> ALL = List.of(
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

    private Programs() {}

    /** What each program does, in a sentence, by the names in the order of the list. */
    public static Map<String, String> descriptions() {
        Map<String, String> descriptions = new LinkedHashMap<>();
        ALL.forEach(program -> descriptions.put(program.name(), program.description()));
        return descriptions;
    }

    /**
     * Runs a program in this JVM.
     *
     * @param out what it prints
     * @param err why it failed, in a sentence
     * @param name of the program
     * @param flags of the program
     * @return the exit code: 0 done, 1 failed, 2 misused, 130 stopped by Ctrl-C
     */
    public static int run(PrintWriter out, PrintWriter err, String name, String... flags) {
        return named(name).run(out, err, flags);
    }

    static Program named(String name) {
        return ALL.stream()
                .filter(program -> program.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no program " + name));
    }

    /**
     * Runs a program and ends the JVM with its exit code.
     *
     * @param words the name of the program and its flags
     */
    public static void main(String... words) {
        named(words[0]).start(Arrays.copyOfRange(words, 1, words.length));
    }
}
