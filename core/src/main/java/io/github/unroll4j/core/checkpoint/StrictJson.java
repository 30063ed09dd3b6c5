// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;

/** JSON as this package reads and writes it: no repeated key, nothing after the end, limits on all sizes. */
final class StrictJson {
    /** The largest header that safetensors allows, in bytes. */
    static final int MAX_BYTES = 100_000_000;

    private static final int MAX_DEPTH = 16;

    // No symbol table: it would keep names from files, and an attacker can choose names that make it throw.
    static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxStringLength(MAX_BYTES)
                    .maxNameLength(MAX_BYTES)
                    .maxDocumentLength(MAX_BYTES)
                    .build())
            .build();

    private StrictJson() {}

    /** Reads one object. The parser is at its opening brace. */
    @FunctionalInterface
    interface Body<T> {
        T read(JsonParser parser) throws IOException;
    }

    /** Reads a text that is one object and nothing else. Any other text causes a {@link JsonProcessingException}. */
    static <T> T read(String text, Body<T> body) throws JsonProcessingException {
        try (JsonParser parser = FACTORY.createParser(text)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new JsonParseException(parser, "it does not start with {");
            }
            T value = body.read(parser);
            if (parser.nextToken() != null) {
                throw new JsonParseException(parser, "text after the closing brace");
            }
            return value;
        } catch (JsonProcessingException e) {
            throw e;
        } catch (IOException e) {
            throw new UncheckedIOException(e); // impossible: the text is in memory
        }
    }

    /** Writes the content of an object. */
    @FunctionalInterface
    interface Content {
        void writeTo(JsonGenerator json) throws IOException;
    }

    static String write(Content content) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(text)) {
            content.writeTo(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // impossible: the text is in memory
        }
        return text.toString();
    }

    /** Says in one line what the parser found wrong, and where. */
    static String describe(JsonProcessingException e) {
        long at = e.getLocation() == null ? -1 : e.getLocation().getCharOffset();
        String what = e.getOriginalMessage().lines().findFirst().orElse("unreadable");
        return at < 0 ? what : what + ", at character " + at;
    }
}
