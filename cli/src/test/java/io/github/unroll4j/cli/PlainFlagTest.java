// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code --plain}: each command has the same figures in the plain loop. */
class PlainFlagTest {
    @TempDir
    Path folder;

    private static Ran run(String flags) {
        Ran ran = Ran.of(flags.split(" ", -1));
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        return ran;
    }

    /**
     * Each line but for its times. Losses to ten digits: the engine adds the products of all steps in another order.
     */
    private static List<List<String>> figures(Path run) throws IOException {
        return Files.readAllLines(run.resolve("metrics.csv")).stream()
                .skip(1)
                .map(line -> Stream.of(line.split(",", -1))
                        .limit(6)
                        .map(field -> field.substring(0, Math.min(field.length(), 12)))
                        .toList())
                .toList();
    }

    private String train(String command, String flags) throws IOException {
        Path engine = folder.resolve("engine");
        Path plain = folder.resolve("plain");
        run(command + " " + flags + " --out " + engine);
        run(command + " " + flags + " --plain --out " + plain);
        assertThat(figures(plain)).hasSizeGreaterThan(2).isEqualTo(figures(engine));
        return engine.resolve("model.safetensors").toString();
    }

    @Test
    void aLanguageModelIsTrainedResumedReadAndMeasured() throws IOException {
        String flags = "--text=lighthouse --dtype=DOUBLE --hidden=8 --batch=4 --seq-len=10 --dropout=0.2 --zoneout=0.2";
        String model = train("train-lm", flags + " --iterations=20");
        String more = "train-lm " + flags + " --iterations=30 --resume " + model + " --out " + folder;
        run(more + "/more");
        run(more + "/more-plain --plain");
        assertThat(figures(folder.resolve("more-plain"))).isEqualTo(figures(folder.resolve("more")));
        Path text = Files.writeString(folder.resolve("text"), "The keeper of the light");
        for (String command :
                List.of("generate " + model + " --prime The --length=30", "evaluate " + model + " " + text)) {
            assertThat(run(command + " --plain").out())
                    .isNotBlank()
                    .isEqualTo(run(command).out());
        }
    }

    @Test
    void aTranslatorIsTrainedReadAndMeasured() throws IOException {
        String files = new Numerals(folder).files("", "train", 40, 1);
        String model = train("translate", files + "--dtype=DOUBLE --hidden=8 --embed=8 --batch=4 --iterations=10");
        for (String command : List.of(
                "translate-text " + model + " --text=two",
                "evaluate-translation " + model + " " + folder.resolve("train.en") + " "
                        + folder.resolve("train.de"))) {
            assertThat(run(command + " --plain").out())
                    .isNotBlank()
                    .isEqualTo(run(command).out());
        }
    }
}
