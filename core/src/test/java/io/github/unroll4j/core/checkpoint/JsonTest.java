// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    @Provide
    Arbitrary<Map<String, Object>> objects() {
        Arbitrary<Object> plain = Arbitraries.oneOf(
                Arbitraries.strings().ofMaxLength(8).asGeneric(),
                Arbitraries.longs().asGeneric(),
                Arbitraries.doubles().asGeneric(),
                Arbitraries.of(true, false).asGeneric());
        Arbitrary<Object> nested = Arbitraries.oneOf(
                plain,
                plain.list().ofMaxSize(3).asGeneric(),
                Arbitraries.maps(Arbitraries.strings().ofMaxLength(4), plain)
                        .ofMaxSize(3)
                        .asGeneric());
        return Arbitraries.maps(Arbitraries.strings().ofMaxLength(6), nested).ofMaxSize(5);
    }

    @Property(tries = 300)
    void whatIsWrittenIsRead(@ForAll("objects") Map<String, Object> object) {
        assertThat(Json.parse("test", Json.write(object))).isEqualTo(object);
    }

    @Test
    void theTextIsOneLineInOrder() {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("cell", "lstm");
        object.put("hidden", 128);
        object.put("dropout", 0.0);
        object.put("tied", true);
        object.put("blocks", List.of("i", "f\n"));
        object.put("inner", Map.of("seed", 1L << 60));

        String text = Json.write(object);

        assertThat(text)
                .isEqualTo(
                        "{\"cell\":\"lstm\",\"hidden\":128,\"dropout\":0.0,\"tied\":true,\"blocks\":[\"i\",\"f\\n\"],"
                                + "\"inner\":{\"seed\":1152921504606846976}}");
        assertThat(Json.parse("test", text).keySet()).containsExactlyElementsOf(object.keySet());
        assertThat(Json.parse("test", text)).containsEntry("hidden", 128L).containsEntry("dropout", 0.0);
    }

    @ParameterizedTest
    @CsvSource(delimiterString = " -> ", textBlock = """
            '' -> it does not start with {
            [1] -> it does not start with {
            3 -> it does not start with {
            {"a":1 -> Unexpected end-of-input
            {"a":1}} -> Unexpected close marker
            {"a":1} {} -> text after the closing brace
            {"a":1,"a":2} -> Duplicate field 'a'
            {"a":{"b":1,"b":2}} -> Duplicate field 'b'
            {"a":null} -> unexpected null
            {"a":NaN} -> Non-standard token 'NaN'
            {"a":01} -> Invalid numeric value
            {"a":99999999999999999999} -> Numeric value (99999999999999999999) out of range of long
            {"a":'x'} -> Unexpected character
            {a:1} -> Unexpected character
            {"a":1,} -> Unexpected character
            {"a":/*c*/1} -> Unexpected character
            """, quoteCharacter = '`')
    void faultyTextsAreRefusedInOneSentence(String text, String what) {
        String shown = text.equals("''") ? "" : text;

        assertThatThrownBy(() -> Json.parse("model.safetensors: config", shown))
                .isInstanceOf(CheckpointException.class)
                .hasMessageStartingWith("model.safetensors: config: not valid JSON: " + what)
                .hasMessageEndingWith("; likely cause: the text was edited by hand or cut short.")
                .hasMessageNotContaining("\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "{\"a\":"})
    void deepTextsAreRefused(String level) {
        assertThatThrownBy(() -> Json.parse("test", "{\"a\":" + level.repeat(100_000)))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("nesting depth");
    }

    @Test
    void valuesWithoutAFormAreNotWritten() {
        for (Object value : new Object[] {Double.NaN, Double.POSITIVE_INFINITY, 1f, 'c', new int[0]}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Json.write(Map.of("a", value)))
                    .withMessageStartingWith("Json.write: the value ");
        }
    }

    @Test
    void unknownKeysAreNamed() {
        Map<String, Object> config = Json.parse("config", "{\"hidden\":3,\"hiden\":4}");

        assertThatThrownBy(() -> Json.requireKnown("config", config, Set.of("hidden")))
                .isInstanceOf(CheckpointException.class)
                .hasMessage(
                        "config: unknown key hiden, expected only [hidden]; likely cause: a newer version wrote it, or"
                                + " it is misspelt.");
        Json.requireKnown("config", config, Set.of("hidden", "hiden", "layers"));
    }

    @Test
    void valuesComeInTheTypeAskedFor() {
        Map<String, Object> config =
                Json.parse("config", "{\"n\":3,\"x\":0.5,\"s\":\"t\",\"b\":true,\"l\":[1],\"o\":{\"k\":2}}");

        assertThat(Json.get("config", config, "n", Integer.class)).isEqualTo(3);
        assertThat(Json.get("config", config, "n", Long.class)).isEqualTo(3L);
        assertThat(Json.get("config", config, "n", Double.class)).isEqualTo(3.0);
        assertThat(Json.get("config", config, "x", Double.class)).isEqualTo(0.5);
        assertThat(Json.get("config", config, "s", String.class)).isEqualTo("t");
        assertThat(Json.get("config", config, "b", Boolean.class)).isTrue();
        assertThat((Object) Json.get("config", config, "l", List.class)).isEqualTo(List.of(1L));
        assertThat((Object) Json.get("config", config, "o", Map.class)).isEqualTo(Map.of("k", 2L));
    }

    @Test
    void missingValuesAndOtherTypesAreNamed() {
        Map<String, Object> config = Json.parse("config", "{\"n\":3000000000,\"x\":0.5}");

        assertThatThrownBy(() -> Json.get("config", config, "n", Integer.class))
                .isInstanceOf(CheckpointException.class)
                .hasMessage("config: n is 3000000000, expected a value of type Integer.");
        assertThatThrownBy(() -> Json.get("config", config, "x", Long.class))
                .hasMessage("config: x is 0.5, expected a value of type Long.");
        assertThatThrownBy(() -> Json.get("config", config, "hidden", Integer.class))
                .hasMessage("config: hidden is missing, expected a value of type Integer.");
    }
}
