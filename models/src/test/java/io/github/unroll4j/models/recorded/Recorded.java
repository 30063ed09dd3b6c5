// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.recorded;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.unroll4j.core.checkpoint.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One case of {@code recurrent_expectations.json}; the README beside that file says what its fields mean.
 *
 * @param id unique name, which begins with that of the source
 * @param op RNN, LSTM, GRU or AttnLSTM
 * @param layout onnx, keras or pytorch
 * @param attributes settings
 * @param inputs arrays by their names there
 * @param outputs what must come out
 * @param tolerance digits of the record: {@code |found - recorded| <= tolerance (1 + |recorded|)}
 * @param beyond what a plain cell does not have, empty for most
 */
record Recorded(
        String id,
        String op,
        String layout,
        Map<String, Object> attributes,
        Map<String, Block> inputs,
        Map<String, Block> outputs,
        double tolerance,
        List<Object> beyond) {

    /** An array, its last axis fastest. */
    @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
    record Block(int[] shape, double[] data) {
        /** One of the arrays along the first axis: a direction. */
        Block part(int i) {
            int size = data.length / shape[0];
            return new Block(
                    Arrays.copyOfRange(shape, 1, shape.length), Arrays.copyOfRange(data, i * size, (i + 1) * size));
        }

        /** The same with its first two axes exchanged: batch first becomes time first, and rows become columns. */
        Block turned() {
            int[] other = shape.clone();
            other[0] = shape[1];
            other[1] = shape[0];
            int width = data.length / (shape[0] * shape[1]);
            double[] numbers = new double[data.length];
            for (int i = 0; i < shape[0]; i++) {
                for (int j = 0; j < shape[1]; j++) {
                    System.arraycopy(data, (i * shape[1] + j) * width, numbers, (j * shape[0] + i) * width, width);
                }
            }
            return new Block(other, numbers);
        }

        private static Block of(Map<String, Object> json) {
            int[] shape = Arrays.stream(numbers(json.get("shape")))
                    .mapToInt(n -> (int) n)
                    .toArray();
            int count = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
            double[] data = new double[count];
            if (json.containsKey("data")) {
                data = numbers(json.get("data"));
            } else if (json.get("fill") instanceof Number fill) {
                Arrays.fill(data, fill.doubleValue());
            } else if (json.get("arange") instanceof Number first) {
                Arrays.setAll(data, i -> first.doubleValue() + i);
            } else {
                double[] half = numbers(json.get("twice"));
                System.arraycopy(half, 0, data, 0, half.length);
                System.arraycopy(half, 0, data, half.length, half.length);
            }
            if (data.length != count) {
                throw new AssertionError(data.length + " numbers, expected " + Arrays.toString(shape));
            }
            return new Block(shape, data);
        }

        private static double[] numbers(@Nullable Object list) {
            return ((List<?>) Objects.requireNonNull(list))
                    .stream().mapToDouble(n -> ((Number) n).doubleValue()).toArray();
        }
    }

    /** All cases, in the order of the file. */
    static List<Recorded> all() {
        String text;
        try (InputStream in = Recorded.class.getResourceAsStream("recurrent_expectations.json")) {
            text = new String(Objects.requireNonNull(in).readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<Recorded> cases = new ArrayList<>();
        for (Object json :
                (List<?>) Objects.requireNonNull(Json.parse("recorded", text).get("cases"))) {
            cases.add(of(entries(json)));
        }
        return cases;
    }

    private static Recorded of(Map<String, Object> json) {
        return new Recorded(
                Json.get("recorded", json, "id", String.class),
                Json.get("recorded", json, "op", String.class),
                Json.get("recorded", json, "layout", String.class),
                entries(json.getOrDefault("attributes", Map.of())),
                blocks(json.get("inputs")),
                blocks(json.get("outputs")),
                Json.get("recorded", json, "tolerance", Double.class),
                List.copyOf((List<?>) json.getOrDefault("beyond", List.of())));
    }

    @SuppressWarnings("unchecked") // Json promises string keys
    private static Map<String, Object> entries(@Nullable Object json) {
        return (Map<String, Object>) Objects.requireNonNull(json);
    }

    private static Map<String, Block> blocks(@Nullable Object json) {
        Map<String, Block> blocks = new LinkedHashMap<>();
        entries(json).forEach((name, block) -> blocks.put(name, Block.of(entries(block))));
        return blocks;
    }

    boolean has(String input) {
        return inputs.containsKey(input);
    }

    Block in(String name) {
        return Objects.requireNonNull(inputs.get(name), () -> id + "." + name);
    }

    Block out(String name) {
        return Objects.requireNonNull(outputs.get(name), () -> id + "." + name);
    }

    /** Whether a switch is on. */
    boolean on(String attribute) {
        return Boolean.TRUE.equals(attributes.get(attribute));
    }

    /** A setting, or what it is unless said. */
    String text(String attribute, String unless) {
        return attributes.getOrDefault(attribute, unless).toString();
    }

    /** The same with one recorded number moved by a hundred tolerances. */
    Recorded spoilt(String output, int index) {
        Block right = out(output);
        double[] numbers = right.data.clone();
        numbers[index] += 100 * tolerance * (1 + Math.abs(numbers[index]));
        return with(output, new Block(right.shape, numbers));
    }

    private Recorded with(String output, Block block) {
        Map<String, Block> others = new LinkedHashMap<>(outputs);
        others.put(output, block);
        return new Recorded(id, op, layout, attributes, inputs, others, tolerance, beyond);
    }

    /** Requires that numbers agree with an output as far as it was printed. */
    void check(String output, double... found) {
        double[] recorded = out(output).data;
        if (found.length != recorded.length) {
            throw new AssertionError(
                    id + "." + output + ": found " + found.length + " numbers, expected " + recorded.length);
        }
        for (int i = 0; i < found.length; i++) {
            if (!(Math.abs(found[i] - recorded[i]) <= tolerance * (1 + Math.abs(recorded[i])))) {
                throw new AssertionError(
                        id + "." + output + "[" + i + "]: found " + found[i] + ", expected " + recorded[i]);
            }
        }
    }

    @Override
    public String toString() {
        return id;
    }
}
