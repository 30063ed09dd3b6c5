// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll4j.core.checkpoint.Json;
import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.DoubleStream;

/** What a notebook computed on the bundled story, {@code notebooks.json}. */
record Notebook(String name, Map<String, Object> figures) {
    private static final String FILE = "notebooks.json";

    /**
     * Relative. Two kernels of BLAS part by at most 1e-12 in a loss, and the order in which the library adds adds as
     * little.
     */
    private static final double CLOSE = 1e-11;

    /**
     * Where word-gru magnifies the last digit: when every initial weight is changed by one unit in its last place, the
     * loss of iteration 295 changes by up to 1.8e-11, that of the iterations around it by less than 2e-12.
     */
    private static final int STEEP = 295;

    static Notebook named(String name) {
        return new Notebook(name, map(Json.get(FILE, all(), name, Map.class)));
    }

    /** The pair of each iteration. */
    static int[] pairs() {
        return Arrays.stream(numbers(all(), "pairs")).mapToInt(x -> (int) x).toArray();
    }

    private static Map<String, Object> all() {
        try (InputStream in = Objects.requireNonNull(Notebook.class.getResourceAsStream(FILE))) {
            return Json.parse(FILE, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    double[] losses() {
        return numbers(figures, "losses");
    }

    double[] means() {
        return numbers(figures, "means");
    }

    /** The smoothed loss after each of some iterations, counted from 0. */
    Map<String, Object> smoothed() {
        return map(figures.getOrDefault("smoothed", Map.of()));
    }

    /** Questions with their answers, and of some models the weights of attention. */
    List<Map<String, Object>> answers() {
        return figures.containsKey("answers") ? maps("answers") : List.of();
    }

    void holdsLoss(int iteration, double loss) {
        double[] losses = losses();
        if (iteration < losses.length) {
            boolean steep = name.equals("word-gru") && iteration == STEEP;
            hold("loss of iteration " + iteration, loss, losses[iteration], steep ? 1e-10 : CLOSE);
        }
    }

    /** Holds the mean of 500 losses; the LSTMs have magnified the last digit by then, on another kernel to 5e-4. */
    void holdsMean(int block, double mean) {
        hold("mean " + block, mean, means()[block], name.endsWith("lstm") ? 0.01 : 1e-9);
    }

    /**
     * Holds the smoothed loss, where it is recorded, to one in its fourth decimal, and that of the LSTM on words to
     * two.
     */
    void holdsSmoothed(int iteration, double smoothed) {
        if (smoothed().get(Integer.toString(iteration)) instanceof Number recorded) {
            double off = name.equals("word-lstm") && iteration > 500 ? 5e-3 : 1.01e-4;
            assertThat(smoothed)
                    .as(name + ": smoothed loss after iteration " + iteration)
                    .isCloseTo(recorded.doubleValue(), within(off));
        }
    }

    private void hold(String what, double found, double recorded, double relative) {
        assertThat(found).as(name + ": " + what).isCloseTo(recorded, within(relative * Math.abs(recorded)));
    }

    /** Holds the start: the numbers drawn. */
    void holdsStart(Parameters parameters) {
        for (Map<String, Object> drawn : maps("start")) {
            double[] matrix = matrix(Json.get(FILE, drawn, "name", String.class), parameters);
            String what = name + ": start of " + drawn.get("name");
            assertThat(Arrays.copyOf(matrix, 3)).as(what).containsExactly(numbers(drawn, "first3"), within(1e-16));
            assertThat(DoubleStream.of(matrix).sum()).as(what).isCloseTo(number(drawn, "sum"), within(1e-11));
        }
    }

    /** Holds the parameters after 300 iterations. */
    void holdsParameters(Parameters parameters) {
        for (Map<String, Object> recorded : maps("after300")) {
            double[] matrix = matrix(Json.get(FILE, recorded, "name", String.class), parameters);
            String what = recorded.get("name") + " after 300 iterations";
            double squares = DoubleStream.of(matrix).map(x -> x * x).sum();
            double sizes = DoubleStream.of(matrix).map(Math::abs).sum();
            hold(what, squares, number(recorded, "sum_of_squares"), 1e-9);
            assertThat(DoubleStream.of(matrix).sum())
                    .as(what)
                    .isCloseTo(number(recorded, "sum"), within(1e-9 * sizes)); // a sum of numbers that cancel
            assertThat(Arrays.copyOf(matrix, 3)).as(what).containsExactly(numbers(recorded, "first3"), within(1e-9));
        }
    }

    /** A matrix of the notebook, row by row, out of the parameters of the library. */
    private static double[] matrix(String its, Parameters p) {
        String cell = p.list().stream()
                .map(Parameter::name)
                .filter(n -> n.endsWith(".W_h"))
                .findFirst()
                .orElseThrow();
        String scope = cell.substring(0, cell.length() - ".W_h".length());
        if (its.endsWith("_enc") || its.endsWith("_dec")) {
            scope = (its.endsWith("_enc") ? "encoder" : "decoder") + ".l0.gru";
            return gate(its.substring(0, 2), scope, p);
        }
        return switch (its) {
            case "Wemb" -> p.get("embedding.W").valuesCopy();
            case "Wxh", "Weh" -> transposed(p.get(scope + ".W_x"));
            case "Whh" -> transposed(p.get(scope + ".W_h"));
            case "Why", "Wy" -> transposed(p.get("head.W"));
            case "by" -> p.get("head.b").valuesCopy();
            case "W_bridge" -> transposed(p.get("bridge.l0.h.W"));
            case "b_bridge" -> p.get("bridge.l0.h.b").valuesCopy();
            case "Ua", "va" -> transposed(p.get("decoder.additive." + its.charAt(0) + "_a"));
            case "Wa" -> transposed(attention(p));
            default -> other(its, scope, p);
        };
    }

    /** Names that mean one thing in one notebook and another in another. */
    private static double[] other(String its, String scope, Parameters p) {
        if (scope.endsWith("rnn")) {
            return p.get(scope + ".b").valuesCopy();
        }
        if (scope.startsWith("encoder")) {
            return its.equals("Wc")
                    ? transposed(p.get("decoder.W_c"))
                    : p.get("decoder.b_c").valuesCopy();
        }
        return gate(its, scope, p);
    }

    private static Parameter attention(Parameters p) {
        return p.list().stream()
                .filter(q -> q.name().endsWith(".W_a"))
                .findFirst()
                .orElseThrow();
    }

    /** The gate of a letter: i, f, o, c of an LSTM; u, r, h of a GRU, whose u is our z and whose h is our n. */
    private static double[] gate(String its, String scope, Parameters p) {
        boolean lstm = scope.endsWith("lstm");
        String block = switch (its.charAt(1)) {
            case 'c' -> "g";
            case 'u' -> "z";
            case 'h' -> "n";
            default -> its.substring(1);
        };
        assertThat(lstm ? "ifog" : "rzn").contains(block);
        if (its.charAt(0) == 'b') {
            return block(p.get(scope + ".b"), block);
        }
        Parameter wH = p.get(scope + ".W_h");
        double[] h = names(wH).contains(block)
                ? block(wH, block)
                : p.get(scope + ".U_" + block).valuesCopy();
        double[] x = block(p.get(scope + ".W_x"), block);
        double[] both =
                DoubleStream.concat(DoubleStream.of(h), DoubleStream.of(x)).toArray(); // [H+X, H]
        return transposed(both, wH.size(0));
    }

    private static List<String> names(Parameter p) {
        return List.of(p.axes().substring(p.axes().indexOf(':') + 1).split("\\|", -1));
    }

    /** One block of columns of a parameter, row by row. */
    private static double[] block(Parameter p, String name) {
        List<String> names = names(p);
        int columns = p.size(p.shape().length - 1);
        int width = columns / names.size();
        double[] all = p.valuesCopy();
        double[] block = new double[all.length / names.size()];
        Arrays.setAll(block, k -> all[k / width * columns + names.indexOf(name) * width + k % width]);
        return block;
    }

    private static double[] transposed(Parameter p) {
        return transposed(p.valuesCopy(), p.size() / p.size(0));
    }

    private static double[] transposed(double[] w, int columns) {
        int rows = w.length / columns;
        double[] turned = new double[w.length];
        Arrays.setAll(turned, k -> w[k % rows * columns + k / rows]);
        return turned;
    }

    private List<Map<String, Object>> maps(String key) {
        List<?> list = Json.get(FILE, figures, key, List.class);
        return list.stream().map(Notebook::map).toList();
    }

    private static double number(Map<String, Object> object, String key) {
        return Json.get(FILE, object, key, Number.class).doubleValue();
    }

    static double[] numbers(Map<String, Object> object, String key) {
        return doubles(Json.get(FILE, object, key, List.class));
    }

    static double[] doubles(Object list) {
        return ((List<?>) list)
                .stream().mapToDouble(n -> ((Number) n).doubleValue()).toArray();
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object value) {
        return (Map<String, Object>) Objects.requireNonNull(value);
    }
}
