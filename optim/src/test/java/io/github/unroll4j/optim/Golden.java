// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.optim;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** PyTorch's figures, written by {@code tools/golden/optim_golden.py} as lines of {@code name: numbers}. */
final class Golden {
    private final Map<String, double[]> arrays = new LinkedHashMap<>();

    Golden() {
        InputStream file = Objects.requireNonNull(Golden.class.getResourceAsStream("optim.golden"));
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(file, UTF_8))) {
            lines.lines().filter(line -> !line.startsWith("#")).forEach(this::read);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read(String line) {
        int colon = line.indexOf(": ");
        String[] numbers = line.substring(colon + 2).split(" ");
        arrays.put(
                line.substring(0, colon),
                Arrays.stream(numbers).mapToDouble(Double::parseDouble).toArray());
    }

    double[] get(String name) {
        return Objects.requireNonNull(arrays.get(name), name);
    }

    /** Returns row i of an array of rows. */
    double[] row(String name, int i, int length) {
        return Arrays.copyOfRange(get(name), i * length, (i + 1) * length);
    }
}
