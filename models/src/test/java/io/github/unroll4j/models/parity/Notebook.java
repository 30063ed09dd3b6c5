// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll4j.core.checkpoint.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleBiFunction;
import org.junit.jupiter.api.Assumptions;

/** The recorded figures of one source notebook, and its initial weights drawn again. */
final class Notebook {
    private final String name;
    private final Path folder;
    private final Map<String, Object> figures;

    private Notebook(String name, Path folder, Map<String, Object> figures) {
        this.name = name;
        this.folder = folder;
        this.figures = figures;
    }

    /** Reads the figures; skips the test, saying so, where they are not on this machine. */
    static Notebook named(String name) {
        Path folder = Path.of(System.getProperty("unroll4j.shared", "../../shared"), "seed");
        Path file = folder.resolve("parity.json");
        Assumptions.assumeTrue(
                Files.isRegularFile(file), "skipped: the recorded figures of the notebooks are not at " + file);
        return new Notebook(
                name, folder, map(get(Json.parse(file.toString(), withoutNulls(read(file))), name, Map.class)));
    }

    String name() {
        return name;
    }

    String text(String file) {
        return read(folder.resolve(file));
    }

    double[] losses() {
        return numbers("summed_loss_first_300");
    }

    double[] numbers(String key) {
        List<?> list = get(figures, key, List.class);
        return list.stream().mapToDouble(n -> ((Number) n).doubleValue()).toArray();
    }

    /** Ids of one sequence of one of the first two pairs. */
    int[] pair(int index, String side) {
        Map<String, Object> pair = map(get(figures, "pairs_first_2", List.class).get(index));
        List<?> ids = get(pair, side, List.class);
        return ids.stream().mapToInt(n -> ((Number) n).intValue()).toArray();
    }

    /** What the notebook's model says to a sentence after training. */
    Map<String, String> predictions() {
        Map<String, String> found = new LinkedHashMap<>();
        for (Object entry : get(figures, "predictions_after_training", List.class)) {
            Map<String, Object> prediction = map(entry);
            found.put(get(prediction, "source", String.class), get(prediction, "greedy", String.class));
        }
        return found;
    }

    double smoothedLossAt(int iteration) {
        Map<String, Object> smoothed = map(get(figures, "smoothed_loss_at", Map.class));
        return get(smoothed, Integer.toString(iteration), Double.class);
    }

    // the strict reader refuses null, which stands here for sizes that a notebook does not have
    private static String withoutNulls(String json) {
        return json.replace(":null", ":0");
    }

    /** All weights in the order in which the notebook draws them, scaled, as matrices of rows. */
    Weights weights(double scale) {
        return weights((name, w) -> scale);
    }

    /** The same with a scale for each name and matrix. */
    Weights weights(ToDoubleBiFunction<String, double[][]> scales) {
        NumpyRandom random = new NumpyRandom(42);
        Map<String, double[][]> weights = new LinkedHashMap<>();
        for (Object entry : get(figures, "parameters_in_draw_order", List.class)) {
            Map<String, Object> p = map(entry);
            List<?> shape = get(p, "shape", List.class);
            double[][] w = new double[((Number) shape.get(0)).intValue()][((Number) shape.get(1)).intValue()];
            double scale = scales.applyAsDouble(get(p, "name", String.class), w);
            double sum = 0;
            for (double[] row : w) {
                for (int j = 0; j < row.length; j++) {
                    row[j] = switch (get(p, "init", String.class)) {
                        case "normal" -> scale * random.nextGaussian();
                        case "ones" -> 1;
                        default -> 0;
                    };
                    sum += row[j];
                }
            }
            assertThat(sum)
                    .as("sum of " + get(p, "name", String.class))
                    .isCloseTo(get(p, "sum", Double.class), within(1e-9));
            weights.put(get(p, "name", String.class), w);
        }
        return new Weights(weights);
    }

    private static double[] transposed(double[][] w) {
        double[] out = new double[w.length * w[0].length];
        for (int i = 0; i < w.length; i++) {
            for (int j = 0; j < w[0].length; j++) {
                out[j * w.length + i] = w[i][j];
            }
        }
        return out;
    }

    private static <T> T get(Map<String, Object> object, String key, Class<T> type) {
        return Json.get("parity.json", object, key, type);
    }

    /**
     * The notebook's matrices by name.
     *
     * @param byName rows of each
     */
    record Weights(Map<String, double[][]> byName) {
        /**
         * Row-major numbers of the transpose: the notebooks multiply columns from the left, the library rows from the
         * right.
         */
        double[] transposed(String name) {
            return Notebook.transposed(matrix(name));
        }

        /** Row-major numbers as they are: a table with a row per token. */
        double[] rows(String name) {
            return java.util.Arrays.stream(matrix(name))
                    .flatMapToDouble(java.util.Arrays::stream)
                    .toArray();
        }

        /** Row-major numbers of a matrix that both sides use alike. */
        double[] asTheyAre(String name) {
            return Arrays.stream(matrix(name)).flatMapToDouble(Arrays::stream).toArray();
        }

        /** Columns from {@code first} to {@code end} of several matrices, transposed, side by side as blocks. */
        double[] blocks(int first, int end, String... names) {
            int units = matrix(names[0]).length;
            double[] out = new double[(end - first) * names.length * units];
            for (int g = 0; g < names.length; g++) {
                double[][] w = matrix(names[g]);
                for (int k = first; k < end; k++) {
                    for (int j = 0; j < units; j++) {
                        out[((k - first) * names.length + g) * units + j] = w[j][k];
                    }
                }
            }
            return out;
        }

        private double[][] matrix(String name) {
            return Objects.requireNonNull(byName.get(name), name);
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object value) {
        return (Map<String, Object>) value;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
