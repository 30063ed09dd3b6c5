// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {
    private static final Path ROOT = Path.of("..");

    /** The commands and what they do, in the order of the list. */
    private static Map<String, String> descriptions() {
        Map<String, String> descriptions = new LinkedHashMap<>();
        PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
        Main.commands(nowhere, nowhere)
                .getSubcommands()
                .forEach((name, command) -> descriptions.put(
                        name, command.getCommandSpec().usageMessage().description()[0]));
        return descriptions;
    }

    @Test
    void withoutANameTheCommandsAreListed() {
        Ran ran = Ran.of();
        assertThat(ran.exitCode()).isZero();
        assertThat(ran.out())
                .startsWith("Usage: unroll4j ")
                .contains(descriptions().keySet());
    }

    @Test
    void theLauncherOfTheExamplesListsTheCommandsToo() throws IOException {
        StringBuilder expected = new StringBuilder();
        descriptions()
                .forEach((name, description) -> expected.append(String.format("  %-20s  %s%n", name, description)));
        assertThat(Files.readString(ROOT.resolve("examples/examples.txt")))
                .isNotEmpty()
                .endsWith(expected.toString().replace(System.lineSeparator(), "\n"));
    }

    @Test
    void theListOfProgramsLinksEachCommand() throws IOException {
        String list = Files.readString(ROOT.resolve("docs/examples.md"));
        for (String name : descriptions().keySet()) {
            String file = "cli/src/main/java/io/github/unroll4j/cli/" + className(name) + ".java";
            assertThat(list).contains("[`" + name + "`](../" + file + ")");
            assertThat(ROOT.resolve(file)).exists();
        }
    }

    private static String className(String command) {
        StringBuilder name = new StringBuilder();
        for (String word : command.split("-", -1)) {
            name.append(Character.toUpperCase(word.charAt(0))).append(word.substring(1));
        }
        return name.toString();
    }

    @Test
    void eachCommandExplainsItself() {
        descriptions().forEach((name, description) -> {
            Ran ran = Ran.of(name, "--help");
            assertThat(ran.exitCode()).isZero();
            assertThat(ran.out()).startsWith("Usage: unroll4j " + name).contains(description.substring(0, 30));
            assertThat(ran.err()).isEmpty();
            assertThat(ran.out().lines().filter(line -> line.startsWith("  unroll4j " + name + " ")))
                    .as("commands to copy")
                    .hasSize(2);
            assertThat(ran.out()).as("values as they are typed").doesNotContain("CARRIED", "FLOAT", "LIGHTHOUSE");
            assertThat(ran.out()).as("a file name goes on in the next line").doesNotContainPattern("\\.\\R +[a-z]");
        });
    }

    @Test
    void helpNamesTheProgramAsItWasStarted() {
        System.setProperty("unroll4j.command", "/my tools/unroll4j");
        try {
            assertThat(Ran.of("generate", "--help").out()).startsWith("Usage: '/my tools/unroll4j' generate ");
            assertThat(Ran.of("nothing").err()).contains("(see '/my tools/unroll4j')");
        } finally {
            System.clearProperty("unroll4j.command");
        }
    }

    @Test
    void thePresetsAreListed() {
        String help = Ran.of("train-lm", "--help").out();
        assertThat(help).contains("--preset small: --hidden=128", "--preset tiny: ");
        assertThat(help.replaceAll("\\s+", " "))
                .contains("The preset small applies unless another, --data or --train or --resume is given");
        assertThat(Ran.of("translate", "--help").out().replaceAll("\\s+", " "))
                .contains("The preset small applies unless another, --src or --resume is given");
    }

    /** Each flag of the preset that applies, and what it says is its default. */
    @Test
    void theDefaultsShownAreThoseOfARunWithTheSameFlags() {
        assertThat(defaults("train-lm", "--help"))
                .containsEntry("--hidden", "128")
                .containsEntry("--dropout", "0.5")
                .containsEntry("--batch", "4")
                .containsEntry("--epochs", "60")
                .containsEntry("--seq-len", "50")
                .doesNotContainKey("--iterations");
        assertThat(defaults("train-lm", "--preset", "tiny", "--help"))
                .containsEntry("--hidden", "32")
                .containsEntry("--dropout", "0.0");
        assertThat(defaults("train-lm", "-h", "--data=x"))
                .containsEntry("--hidden", "256")
                .containsEntry("--iterations", "3000")
                .doesNotContainKey("--epochs");
        assertThat(defaults("train-lm", "--help", "--preset=char-rnn"))
                .containsEntry("--clip-value", "5")
                .doesNotContainKey("--clip-norm");
        assertThat(defaults("translate", "--help"))
                .containsEntry("--bidirectional", "true")
                .containsEntry("--embed", "64");
        assertThat(Ran.of("train-lm", "--help", "--data=x").out()).contains("with these flags none does");
    }

    private static Map<String, String> defaults(String... command) {
        Map<String, String> defaults = new LinkedHashMap<>();
        for (String lines : Ran.of(command).out().split("\n(?= {2,6}-)", -1)) { // an option, in one line or more
            String option = lines.replaceAll("\\s+", " ");
            Matcher found = Pattern.compile("(?:^| )(--[a-z-]+)[= \\[].* \\(default: ([^)]*)\\)")
                    .matcher(option);
            if (found.find()) {
                defaults.put(found.group(1), found.group(2));
            }
        }
        return defaults;
    }

    /** A preset lies under them as under flags that are typed. */
    @Test
    void flagsFromAFileAreAsIfTyped(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("my.args"), "# mine\n--iterations=20\n--hidden 8\n");
        Ran typed = Ran.of("train-lm", "--iterations=20", "--hidden=8", "--dry-run");
        assertThat(typed.exitCode()).as(typed.err()).isZero();
        Ran read = Ran.of("train-lm", "@" + file, "--dry-run");
        assertThat(read.err()).contains("20 iterations of 4 streams").contains("lstm 8 x 1");
        assertThat(read.out()).isEqualTo(typed.out());
        Path all = Files.writeString(folder.resolve("all.args"), "train-lm --preset=tiny '--iterations=20' --dry-run");
        assertThat(Ran.of("@" + all).err()).contains("20 iterations of 8 streams");
        assertThat(Ran.of("train-lm", "@" + folder.resolve("none")).err()).contains("there is no @");
        Ran unreadable = Ran.of("check", "@" + folder);
        assertThat(unreadable.exitCode()).isEqualTo(2);
        assertThat(unreadable.err()).contains("@" + folder).doesNotContain("picocli");
    }

    @Test
    void theVersionIsKnown() {
        assertThat(Ran.of("--version").out()).startsWith("unroll4j ");
        assertThat(Ran.of("train-lm", "--version").out()).startsWith("unroll4j ");
    }
}
