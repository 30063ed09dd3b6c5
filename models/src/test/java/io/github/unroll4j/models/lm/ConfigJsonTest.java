// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.unroll4j.core.checkpoint.CheckpointException;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.sequence.RecurrentNoise;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ConfigJsonTest {
    private static final LanguageModelConfig PLAIN = new LanguageModelConfig("lstm", 6, 2, Dtype.DOUBLE);
    private static final LanguageModelConfig WHOLE = PLAIN.embedding(5)
            .tied(true)
            .residual(true)
            .with(new Regularisation(0.1, true, 0.2, new RecurrentNoise(0.3, 0.4, 0.5, 0.6)));

    private static LanguageModelConfig read(String json) {
        return ConfigJson.read("a.safetensors", "unroll4j.model", json);
    }

    static Stream<LanguageModelConfig> configs() {
        return Stream.of(
                PLAIN,
                WHOLE,
                new LanguageModelConfig("gru", 1),
                PLAIN.embedding(7),
                PLAIN.tied(true),
                PLAIN.residual(true),
                PLAIN.with(Regularisation.dropout(0.1)),
                PLAIN.with(new Regularisation(0, true, 0, RecurrentNoise.NONE)),
                PLAIN.with(new Regularisation(0, false, 0.1, RecurrentNoise.NONE)),
                PLAIN.with(new Regularisation(0, false, 0, new RecurrentNoise(0.1, 0, 0, 0))),
                PLAIN.with(new Regularisation(0, false, 0, new RecurrentNoise(0, 0.1, 0, 0))),
                PLAIN.with(new Regularisation(0, false, 0, new RecurrentNoise(0, 0, 0.1, 0))),
                PLAIN.with(new Regularisation(0, false, 0, new RecurrentNoise(0, 0, 0, 0.1))));
    }

    @ParameterizedTest
    @MethodSource("configs")
    void everyFieldComesBack(LanguageModelConfig config) {
        assertThat(read(ConfigJson.write(config))).isEqualTo(config);
    }

    @Test
    void theKeysAreThese() {
        assertThat(ConfigJson.write(WHOLE))
                .isEqualTo("{\"kind\":\"language-model\",\"version\":2,\"cell\":\"lstm\",\"hidden\":6,\"layers\":2,"
                        + "\"dtype\":\"DOUBLE\",\"embedding\":5,\"tied\":true,\"residual\":true,"
                        + "\"regularisation\":{\"dropout\":0.1,\"variational\":true,\"embedding_dropout\":0.2,"
                        + "\"recurrent_dropout\":0.3,\"weight_drop\":0.4,\"zoneout\":0.5,\"zoneout_memory\":0.6}}");
    }

    @Test
    void aFileOfVersionOneIsReadAsSizesOnly() {
        String json =
                "{\"kind\":\"language-model\",\"version\":1,\"cell\":\"lstm\",\"hidden\":6,\"layers\":2,\"dtype\":\"DOUBLE\"}";

        assertThat(read(json)).isEqualTo(PLAIN);
        assertThatThrownBy(() -> read(json.replace("}", ",\"embedding\":5}")))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("unknown key embedding");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"hidden\":6 | \"hidden\":0 | hidden 0, layers 2; expected the name of a cell and sizes of 1 or more",
                "\"layers\":2 | \"layers\":-1 | layers -1",
                "\"lstm\" | \"\" | cell is ''",
                "\"embedding\":5 | \"embedding\":-5 | embedding is -5",
                "\"layers\":2 | \"layers\":1 | with 1 layer, expected 2 or more",
                "\"tied\":true | \"tied\":1 | tied is 1, expected a value of type Boolean",
                "\"zoneout\":0.5 | \"zoneout\":1.5 | zoneout is 1.5",
                "\"dropout\":0.1 | \"dropout\":-0.1 | dropout is -0.1",
                "\"variational\":true, | '' | variational is missing",
                "\"variational\":true, | \"variational\":true,\"colour\":1, | regularisation: unknown key colour",
                "\"residual\":true, | '' | residual is missing",
            })
    void anythingElseIsRefusedInOneSentenceWithTheFile(String right, String wrong, String sentence) {
        String json = ConfigJson.write(WHOLE);
        assertThat(json).contains(right);

        assertThatThrownBy(() -> read(json.replace(right, wrong)))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContainingAll("a.safetensors: unroll4j.model", sentence);
    }
}
