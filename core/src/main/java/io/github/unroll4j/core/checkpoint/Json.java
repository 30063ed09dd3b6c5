// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.checkpoint;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Converts small JSON texts, such as the configuration in a checkpoint's metadata, to plain Java values and back.
 *
 * <p>An object is a {@code Map<String, Object>} in order, an array is a {@code List<Object>}. Other values are String,
 * Boolean, Long for numbers without a point or exponent, and Double for other numbers. There is no null. Reading is
 * strict: no repeated key, no text after the end, no more than 16 levels.
 *
 * @since 0.1.0
 */
public final class Json {
    private Json() {}

    /**
     * Reads an object.
     *
     * @param where the beginning of an error message, e.g. {@code "model.safetensors: config"}
     * @param text the JSON text
     * @return its entries, in order
     * @throws CheckpointException if the text is not exactly one object of the values listed above
     */
    public static Map<String, Object> parse(String where, String text) {
        Objects.requireNonNull(text, "text");
        try {
            return StrictJson.read(text, Json::object);
        } catch (JsonProcessingException e) {
            throw new CheckpointException(where + ": not valid JSON: " + StrictJson.describe(e)
                    + "; likely cause: the text was edited by hand or cut short.");
        }
    }

    private static Map<String, Object> object(JsonParser json) throws IOException {
        Map<String, Object> entries = new LinkedHashMap<>();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String key = json.currentName();
            json.nextToken();
            entries.put(key, value(json));
        }
        return entries;
    }

    private static Object value(JsonParser json) throws IOException {
        return switch (json.currentToken()) {
            case START_OBJECT -> object(json);
            case START_ARRAY -> {
                List<Object> values = new ArrayList<>();
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    values.add(value(json));
                }
                yield values;
            }
            case VALUE_STRING -> json.getText();
            case VALUE_TRUE, VALUE_FALSE -> json.getBooleanValue();
            case VALUE_NUMBER_INT -> json.getLongValue();
            case VALUE_NUMBER_FLOAT -> json.getDoubleValue();
            default -> throw new JsonParseException(json, "unexpected " + json.getText());
        };
    }

    /**
     * Writes an object as one line.
     *
     * @param object keys and values: String, Boolean, any Number, List or Map of these
     * @return the JSON text
     * @throws IllegalArgumentException if a value is of another type or not finite
     */
    public static String write(Map<String, ?> object) {
        Objects.requireNonNull(object, "object");
        return StrictJson.write(json -> write(json, object));
    }

    private static void write(JsonGenerator json, Object value) throws IOException {
        if (value instanceof Map<?, ?> map) {
            json.writeStartObject();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                json.writeFieldName((String) entry.getKey());
                write(json, entry.getValue());
            }
            json.writeEndObject();
        } else if (value instanceof List<?> list) {
            json.writeStartArray();
            for (Object element : list) {
                write(json, element);
            }
            json.writeEndArray();
        } else if (value instanceof String text) {
            json.writeString(text);
        } else if (value instanceof Boolean flag) {
            json.writeBoolean(flag);
        } else if (value instanceof Long || value instanceof Integer) {
            json.writeNumber(((Number) value).longValue());
        } else if (value instanceof Double number && Double.isFinite(number)) {
            json.writeNumber(number);
        } else {
            throw new IllegalArgumentException("Json.write: the value " + value
                    + " is not a string, a boolean, an int, a long, a finite double, a list or a map.");
        }
    }

    /**
     * Refuses unknown keys, so that a misspelt key is not silently ignored.
     *
     * @param where the beginning of an error message
     * @param object an object as returned by {@link #parse}
     * @param known the allowed keys
     * @throws CheckpointException if there is another key
     */
    public static void requireKnown(String where, Map<String, Object> object, Set<String> known) {
        Objects.requireNonNull(known, "known");
        for (String key : object.keySet()) {
            if (!known.contains(key)) {
                throw new CheckpointException(where + ": unknown key " + key + ", expected only " + known
                        + "; likely cause: a newer version wrote it, or it is misspelt.");
            }
        }
    }

    /**
     * Returns one value of a known type.
     *
     * @param where the beginning of an error message
     * @param object an object as returned by {@link #parse}
     * @param key its key
     * @param type String, Boolean, Long, Integer, Double (a whole number is accepted too), List or Map
     * @param <T> that type
     * @return the value
     * @throws CheckpointException if there is no such value, or it has another type or is too large for the type
     */
    public static <T> T get(String where, Map<String, Object> object, String key, Class<T> type) {
        Objects.requireNonNull(key, "key");
        Object value = object.get(key);
        if (value instanceof Long number && type == Double.class) {
            value = number.doubleValue();
        } else if (value instanceof Long number && type == Integer.class && number == number.intValue()) {
            value = number.intValue();
        }
        if (!type.isInstance(value)) {
            throw new CheckpointException(where + ": " + key + " is " + (value == null ? "missing" : "" + value)
                    + ", expected a value of type " + type.getSimpleName() + ".");
        }
        return type.cast(value);
    }
}
