// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ExamplesTest {
    @Test
    void theLauncherListsTheExamplesThatThereAre() throws IOException {
        StringBuilder expected = new StringBuilder("Usage: examples/run NAME [flags], or examples/run NAME --help\n\n");
        Examples.descriptions()
                .forEach((name, description) -> expected.append(String.format("  %-20s  %s\n", name, description)));
        String list = Files.readString(Path.of("examples.txt"));
        assertThat(list).isEqualToNormalizingNewlines(expected.toString());
    }

    @Test
    void eachExampleExplainsItself() {
        for (String name : Examples.descriptions().keySet()) {
            Ran ran = Ran.of(name, "--help");
            assertThat(ran.exitCode()).isZero();
            assertThat(ran.out())
                    .startsWith("Usage: examples/run " + name)
                    .contains(Examples.descriptions().get(name).substring(0, 30));
            assertThat(ran.err()).isEmpty();
            assertThat(ran.out()).as("a file name goes on in the next line").doesNotContainPattern("\\.\\R +[a-z]");
        }
    }

    @Test
    void thePresetsAreListed() {
        assertThat(Ran.of("char-rnn", "--help").out()).contains("--preset small: --hidden=128", "--preset tiny: ");
        assertThat(Ran.of("char-rnn", "--help").out().replaceAll("\\s+", " "))
                .contains("The preset small applies unless another, --data or --resume is given");
        assertThat(Ran.of("dates", "--help").out().replaceAll("\\s+", " "))
                .contains("The preset small applies unless another is given");
    }

    @Test
    void theVersionIsKnown() {
        assertThat(Ran.of("--version").out()).startsWith("unroll4j ");
        assertThat(Ran.of("char-rnn", "--version").out()).startsWith("unroll4j ");
    }
}
