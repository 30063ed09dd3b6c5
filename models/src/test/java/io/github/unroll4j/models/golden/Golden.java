// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.golden;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** The arrays of one case of a file that a program in {@code tools/golden} wrote: lines {@code case.name: numbers}. */
final class Golden {
    private final String title;
    private final Map<String, double[]> arrays;

    private Golden(String title, Map<String, double[]> arrays) {
        this.title = title;
        this.arrays = arrays;
    }

    /** All cases of a file, in its order. */
    static List<Golden> read(String file) {
        Map<String, Map<String, double[]>> cases = new LinkedHashMap<>();
        try (InputStream in = Golden.class.getResourceAsStream(file)) {
            String text = new String(Objects.requireNonNull(in, file).readAllBytes(), UTF_8);
            text.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
                int dot = line.indexOf('.');
                int colon = line.indexOf(": ");
                double[] numbers = Arrays.stream(line.substring(colon + 2).split(" ", -1))
                        .mapToDouble(Double::parseDouble)
                        .toArray();
                cases.computeIfAbsent(line.substring(0, dot), title -> new LinkedHashMap<>())
                        .put(line.substring(dot + 1, colon), numbers);
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return cases.entrySet().stream()
                .map(entry -> new Golden(entry.getKey(), entry.getValue()))
                .toList();
    }

    /** Whether the title has a word, e.g. {@code lengths} in {@code gru-1-both-lengths}. */
    boolean is(String word) {
        return List.of(title.split("-", -1)).contains(word);
    }

    Set<String> names() {
        return arrays.keySet();
    }

    boolean has(String name) {
        return arrays.containsKey(name);
    }

    double[] get(String name) {
        return Objects.requireNonNull(arrays.get(name), title + "." + name).clone();
    }

    Tensor tensor(String name, int... shape) {
        return Tensor.of(Vec.wrap(get(name)), shape);
    }

    /** The same with one number of one array moved. */
    Golden spoilt(String name, int index, double by) {
        double[] numbers = get(name);
        numbers[index] += by;
        return with(name, numbers);
    }

    /** The same with another array. */
    Golden with(String name, double... numbers) {
        Map<String, double[]> others = new LinkedHashMap<>(arrays);
        others.put(name, numbers);
        return new Golden(title + "-spoilt", others);
    }

    @Override
    public String toString() {
        return title;
    }
}
