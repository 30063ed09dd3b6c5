// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.unroll4j.core.checkpoint.Checkpoint;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.models.lm.LanguageModel;
import io.github.unroll4j.models.lm.LanguageModelConfig;
import io.github.unroll4j.text.CharVocabulary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/traces.md shows is what is compiled and run here, its Python too where there is a NumPy. */
class TracesTest {
    private static final Path PAGE = Path.of("../docs/traces.md");
    private static final Path SOURCE = Path.of("src/main/java/io/github/unroll4j/examples/Traces.java");
    private static final String TEXT = "The crow was thirsty.";
    private static final int H = 8;

    @TempDir
    Path folder;

    private Path file() {
        return folder.resolve("trace.safetensors");
    }

    private Tensor trace() {
        Path model = folder.resolve("model.safetensors");
        LanguageModelConfig config = new LanguageModelConfig("lstm", H);
        try (LanguageModel made = LanguageModel.create(CharVocabulary.of(TEXT), config, Rng.seeded(1))) {
            made.save(model);
        }
        return Traces.trace(model, TEXT, file());
    }

    @Test
    void showsTheCompiledCode() throws IOException {
        String source = Files.readString(SOURCE);
        String region =
                source.substring(source.indexOf("// [trace]") + "// [trace]".length(), source.indexOf("// [/trace]"));

        assertThat(block("java"))
                .isEqualTo(region.substring(1).stripTrailing().stripIndent().strip());
    }

    @Test
    void theNamesOfThePageAreThoseOfTheFile() {
        trace();

        List<String> names = List.of("z.i", "z.f", "z.o", "z.g", "i", "f", "o", "g", "tanhC", "h", "c");
        List<String> expected = names.stream()
                .flatMap(name -> List.of("l0." + name, "l0.d" + name).stream())
                .toList();
        Checkpoint read = Checkpoint.load(file());
        assertThat(read.names()).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(read.shape("l0.dc")).isEqualTo(new int[] {TEXT.length() - 1, 1, H});
    }

    @Test
    void dcHasBothPathsOfTheFormula() {
        Tensor dc = trace();
        Checkpoint read = Checkpoint.load(file());
        int last = TEXT.length() - 2;
        for (int t = 0; t <= last; t++) {
            for (int j = 0; j < H; j++) {
                double tanhC = read.tensor("l0.tanhC").at(t, 0, j);
                double throughH =
                        read.tensor("l0.dh").at(t, 0, j) * read.tensor("l0.o").at(t, 0, j) * (1 - tanhC * tanhC);
                double later =
                        t == last ? 0 : dc.at(t + 1, 0, j) * read.tensor("l0.f").at(t + 1, 0, j);
                assertThat(dc.at(t, 0, j))
                        .isCloseTo(later + throughH, within(1e-5)); // some roundings of floats of order one
            }
        }
    }

    @Test
    void opensInNumPy() throws IOException, InterruptedException {
        trace();
        Tensor dh = Checkpoint.load(file()).tensor("l0.dh");
        double[] norms = new double[dh.size(0)];
        for (int t = 0; t < norms.length; t++) {
            norms[t] = Math.sqrt(dh.data().sumOfSquares(t * H, H));
        }
        assumeTrue(
                python("import numpy") != null, "there is no python3 with NumPy; what it would read is not compared");

        String printed = String.valueOf(python(block("python")));
        double[] found = Arrays.stream(
                        printed.replaceAll("[\\[\\]]", " ").trim().split("\\s+"))
                .mapToDouble(Double::parseDouble)
                .toArray();
        assertThat(found).hasSameSizeAs(norms);
        for (int t = 0; t < norms.length; t++) {
            assertThat(found[t]).isCloseTo(norms[t], within(1e-5 * (1 + norms[t]))); // eight digits are printed
        }
    }

    /** What a program prints, run in the folder of the trace; null where there is no Python or the program fails. */
    private @Nullable String python(String program) throws IOException, InterruptedException {
        Path output = folder.resolve("output");
        try {
            int exit = new ProcessBuilder("python3", "-c", program)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start()
                    .waitFor();
            return exit == 0 ? Files.readString(output) : null;
        } catch (IOException e) {
            return null;
        }
    }

    private static String block(String language) throws IOException {
        Matcher matcher =
                Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(PAGE));
        assertThat(matcher.find()).as(language + " on the page").isTrue();
        return matcher.group(1).strip();
    }
}
