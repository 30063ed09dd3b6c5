// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/** Small files of lines that belong together: English numerals and German ones. */
record Numerals(Path folder) {
    private static final List<String> ENGLISH = List.of("one", "two", "three", "four", "five");
    private static final List<String> GERMAN = List.of("eins", "zwei", "drei", "vier", "fünf");

    /** Writes NAME.en and NAME.de, and returns flags that name them. */
    String files(String flag, String name, int lines, long seed) throws IOException {
        Random random = new Random(seed);
        StringBuilder en = new StringBuilder();
        StringBuilder de = new StringBuilder();
        for (int i = 0; i < lines; i++) {
            List<Integer> numbers =
                    random.ints(1 + random.nextInt(4), 0, 5).boxed().toList();
            en.append(numbers.stream().map(ENGLISH::get).collect(Collectors.joining(" ")))
                    .append('\n');
            de.append(numbers.stream().map(GERMAN::get).collect(Collectors.joining(" ")))
                    .append('\n');
        }
        return flags(flag, write(name + ".en", en.toString()), write(name + ".de", de.toString()));
    }

    Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    static String flags(String flag, Path source, Path target) {
        return "--" + flag + "src=" + source + " --" + flag + "trg=" + target + " ";
    }
}
