// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExamplesTest {
    @Test
    void theLauncherListsTheExamplesThatThereAre() throws IOException {
        StringBuilder expected = new StringBuilder("Usage: examples/run NAME [flags], or examples/run NAME --help\n\n");
        Examples.descriptions()
                .forEach((name, description) -> expected.append(String.format("  %-20s  %s\n", name, description)));
        String list = Files.readString(Path.of("examples.txt"));
        assertThat(list.replace("\r\n", "\n")).as("the commands of cli follow").startsWith(expected.toString());
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

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "char-rn           | there is no char-rn; did you mean char-rnn or char-gru or char-lstm?",
                "bahdanau --src a  | there is no --src",
                "adding --steps 1  | '--steps': '1' is not a whole number from 2 to 10000",
            })
    void aWrongNameOrFlagIsRefused(String command, String sentence) {
        Ran ran = Ran.of(command.split(" ", -1));
        assertThat(ran.exitCode()).isEqualTo(2);
        assertThat(ran.err()).hasLineCount(1).contains(sentence);
        assertThat(ran.out()).isEmpty();
    }

    @Test
    void theVersionIsKnown() {
        assertThat(Ran.of("--version").out()).startsWith("unroll4j ");
        assertThat(Ran.of("char-rnn", "--version").out()).startsWith("unroll4j ");
    }
}
