// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.checkpoint;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the header of a safetensors file and checks every declaration against the rules of the format. */
final class HeaderReader {
    private static final int MAX_ELEMENTS = Integer.MAX_VALUE - 8; // the longest array that a JVM can allocate

    /** Of a stream: any number of bytes may follow. */
    static final long UNKNOWN = -1;

    private final String file;
    private final long available;

    /**
     * @param file name of the file, for messages
     * @param available number of bytes of the file after the header, or {@link #UNKNOWN}
     */
    HeaderReader(String file, long available) {
        this.file = file;
        this.available = available;
    }

    Header read(String text) {
        try {
            return StrictJson.read(text, this::header);
        } catch (JsonProcessingException e) {
            throw refuse("the header is not valid JSON: " + StrictJson.describe(e), SafetensorsReader.DAMAGED);
        }
    }

    private Header header(JsonParser json) throws IOException {
        List<Header.Declaration> tensors = new ArrayList<>();
        Map<String, String> metadata = new LinkedHashMap<>();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw refuse("the declaration of " + name + " is not an object", SafetensorsReader.DAMAGED);
            }
            if (name.equals(Header.METADATA)) {
                metadata(json, metadata);
            } else {
                tensors.add(tensor(name, json));
            }
        }
        tensors.sort(Comparator.comparingLong(Header.Declaration::begin).thenComparingLong(Header.Declaration::end));
        requireCovered(tensors);
        return new Header(tensors, metadata);
    }

    private void metadata(JsonParser json, Map<String, String> metadata) throws IOException {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String key = json.currentName();
            if (json.nextToken() != JsonToken.VALUE_STRING) {
                throw refuse("the metadata entry " + key + " is not a string", "another program wrote it");
            }
            metadata.put(key, json.getText());
        }
    }

    private Header.Declaration tensor(String name, JsonParser json) throws IOException {
        String dtype = null;
        List<Long> shape = null;
        List<Long> offsets = null;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String key = json.currentName();
            json.nextToken();
            switch (key) {
                case Header.DTYPE -> dtype = text(name, json);
                case Header.SHAPE -> shape = integers(name, key, json);
                case Header.OFFSETS -> offsets = integers(name, key, json);
                default -> throw refuse("tensor " + name + " has the unknown key " + key, "a newer or other format");
            }
        }
        if (dtype == null || shape == null || offsets == null || offsets.size() != 2) {
            throw refuse(
                    "tensor " + name + " is not declared by " + Header.DTYPE + ", " + Header.SHAPE + " and two "
                            + Header.OFFSETS,
                    SafetensorsReader.DAMAGED);
        }
        return declaration(name, type(name, dtype), shape, offsets);
    }

    private String text(String name, JsonParser json) throws IOException {
        if (json.currentToken() != JsonToken.VALUE_STRING) {
            throw refuse("the " + Header.DTYPE + " of tensor " + name + " is not a string", SafetensorsReader.DAMAGED);
        }
        return json.getText();
    }

    private List<Long> integers(String name, String key, JsonParser json) throws IOException {
        List<Long> numbers = new ArrayList<>();
        boolean ok = json.currentToken() == JsonToken.START_ARRAY;
        while (ok && json.nextToken() != JsonToken.END_ARRAY) {
            ok = json.currentToken() == JsonToken.VALUE_NUMBER_INT
                    && json.getNumberType() != JsonParser.NumberType.BIG_INTEGER
                    && json.getLongValue() >= 0;
            numbers.add(ok ? json.getLongValue() : -1);
        }
        if (!ok) {
            throw refuse(
                    "the " + key + " of tensor " + name + " is not an array of integers of 0 to 2^63-1",
                    SafetensorsReader.DAMAGED);
        }
        return numbers;
    }

    private ElementType type(String name, String dtype) {
        return ElementType.named(dtype)
                .orElseThrow(() -> refuse(
                        "tensor " + name + " has element type " + dtype + ", expected one of "
                                + Arrays.toString(ElementType.values()),
                        "weights of half precision or another kind, which must be converted to F32 first"));
    }

    private Header.Declaration declaration(String name, ElementType type, List<Long> shape, List<Long> offsets) {
        long begin = offsets.get(0);
        long end = offsets.get(1);
        if (begin > end || (available != UNKNOWN && end > available)) {
            throw refuse(
                    "tensor " + name + " lies at bytes " + begin + " to " + end
                            + (available == UNKNOWN ? "" : " of " + available),
                    begin > end ? SafetensorsReader.DAMAGED : SafetensorsReader.CUT);
        }
        long count = 1;
        for (long size : shape) {
            if (size > MAX_ELEMENTS || (count *= size) > MAX_ELEMENTS) {
                throw refuse(
                        "tensor " + name + " of shape " + shape + " has more than " + MAX_ELEMENTS + " elements",
                        SafetensorsReader.DAMAGED);
            }
        }
        if (count * type.bytes() != end - begin) {
            throw refuse(
                    "tensor " + name + " of type " + type + " and shape " + shape + " needs " + count * type.bytes()
                            + " bytes but is given " + (end - begin),
                    SafetensorsReader.DAMAGED);
        }
        return new Header.Declaration(
                name, type, shape.stream().map(Math::toIntExact).toList(), begin, end);
    }

    private void requireCovered(List<Header.Declaration> tensors) {
        long covered = 0;
        for (Header.Declaration tensor : tensors) {
            if (tensor.begin() != covered) {
                throw refuse(
                        "tensor " + tensor.name() + " starts at byte " + tensor.begin() + " where " + covered
                                + " was expected, so that bytes "
                                + (tensor.begin() < covered ? "overlap" : "are left out"),
                        "the file was made by hand or to do harm");
            }
            covered = tensor.end();
        }
        if (available != UNKNOWN && covered != available) {
            throw refuse(
                    (available - covered) + " bytes after the last tensor belong to no tensor",
                    "something was appended to the file");
        }
    }

    private CheckpointException refuse(String what, String cause) {
        return SafetensorsReader.refuse(file, what, cause);
    }
}
