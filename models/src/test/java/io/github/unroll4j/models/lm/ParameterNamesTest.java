// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.lm;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.cells.Cells;
import io.github.unroll4j.models.sequence.RecurrentNoise;
import io.github.unroll4j.text.CharVocabulary;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * Saved models find their weights by name: a name, an order of blocks or a shape that changes makes every saved file
 * useless.
 */
class ParameterNamesTest {
    private static final String GOLDEN = "parameter-names.golden";
    private static final Path FOUND = Path.of("target", GOLDEN);

    private static Map<String, LanguageModelConfig> models() {
        Map<String, LanguageModelConfig> models = new LinkedHashMap<>();
        for (String cell : Cells.names()) {
            models.put(cell, new LanguageModelConfig(cell, 2, 1, Dtype.FLOAT));
        }
        LanguageModelConfig lstm = new LanguageModelConfig("lstm", 2, 2, Dtype.FLOAT);
        Regularisation noise = new Regularisation(0.1, true, 0.1, new RecurrentNoise(0.1, 0.1, 0.1, 0.1));
        models.put("lstm, 2 layers, embedding 5", lstm.embedding(5));
        models.put(
                "lstm, 2 layers, embedding 2, tied, residual, regularised",
                lstm.embedding(2).tied(true).residual(true).with(noise));
        return models;
    }

    @Test
    void namesBlocksAndShapesStayAsTheyAre() throws IOException {
        StringBuilder found = new StringBuilder();
        models().forEach((title, config) -> {
            found.append(title).append('\n');
            try (LanguageModel model = LanguageModel.create(CharVocabulary.of("abc"), config, Rng.seeded(1))) {
                for (Parameter p : model.parameters().list()) {
                    found.append("    %s %s %s\n".formatted(p.name(), Arrays.toString(p.shape()), p.axes()));
                }
            }
        });
        Files.createDirectories(FOUND.toAbsolutePath().getParent());
        Files.writeString(FOUND, found);

        try (InputStream golden = Objects.requireNonNull(getClass().getResourceAsStream(GOLDEN), GOLDEN)) {
            assertThat(found.toString())
                    .as(
                            "what was found is in %s; copy it to the test resources if a model is new, never to rename",
                            FOUND)
                    .isEqualTo(new String(golden.readAllBytes(), StandardCharsets.UTF_8));
        }
    }
}
