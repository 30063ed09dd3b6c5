// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.cell;

import static io.github.unroll4j.models.cell.Book.each;
import static io.github.unroll4j.models.cell.Book.oneMinus;
import static io.github.unroll4j.models.cell.Book.plus;
import static io.github.unroll4j.models.cell.Book.sigmoid;
import static io.github.unroll4j.models.cell.Book.tanh;
import static io.github.unroll4j.models.cell.Book.times;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The library's cells as the papers write them. */
final class Books {
    private Books() {}

    static Map<String, double[]> rnn(Book book, double[] x, Map<String, double[]> prev) {
        return Map.of("h", book.state("h", tanh(z(book, "h", 0, 1, x, prev))));
    }

    static Map<String, double[]> relu(Book book, double[] x, Map<String, double[]> prev) {
        double[] z = z(book, "h", 0, 1, x, prev);
        return Map.of("h", book.state("h", each(z.length, k -> Math.max(0, z[k]))));
    }

    static Map<String, double[]> lstm(Book book, double[] x, Map<String, double[]> prev) {
        double[] i = book.named("i", sigmoid(z(book, "i", 0, 4, x, prev)));
        double[] f = book.named("f", sigmoid(z(book, "f", 1, 4, x, prev)));
        double[] o = book.named("o", sigmoid(z(book, "o", 2, 4, x, prev)));
        double[] g = book.named("g", tanh(z(book, "g", 3, 4, x, prev)));
        double[] c = book.state("c", plus(times(f, part(prev, "c")), times(i, g)));
        double[] tanhC = book.named("tanhC", tanh(c));
        return state(book.state("h", times(o, tanhC)), c);
    }

    static Map<String, double[]> peephole(Book book, double[] x, Map<String, double[]> prev) {
        double[] cPrev = part(prev, "c");
        double[] i = book.named("i", sigmoid(plus(z(book, "i", 0, 4, x, prev), times(book.weight("p_i"), cPrev))));
        double[] f = book.named("f", sigmoid(plus(z(book, "f", 1, 4, x, prev), times(book.weight("p_f"), cPrev))));
        double[] g = book.named("g", tanh(z(book, "g", 3, 4, x, prev)));
        double[] c = book.state("c", plus(times(f, cPrev), times(i, g)));
        double[] o = book.named("o", sigmoid(plus(z(book, "o", 2, 4, x, prev), times(book.weight("p_o"), c))));
        double[] tanhC = book.named("tanhC", tanh(c));
        return state(book.state("h", times(o, tanhC)), c);
    }

    static Map<String, double[]> coupled(Book book, double[] x, Map<String, double[]> prev) {
        double[] i = book.named("i", sigmoid(z(book, "i", 0, 3, x, prev)));
        double[] o = book.named("o", sigmoid(z(book, "o", 1, 3, x, prev)));
        double[] g = book.named("g", tanh(z(book, "g", 2, 3, x, prev)));
        double[] c = book.state("c", interpolated(oneMinus(i), part(prev, "c"), g));
        double[] tanhC = book.named("tanhC", tanh(c));
        return state(book.state("h", times(o, tanhC)), c);
    }

    static Map<String, double[]> layerNorm(Book book, double[] x, Map<String, double[]> prev) {
        List<String> gates = List.of("i", "f", "o", "g");
        double[][] zx = new double[4][];
        double[][] zh = new double[4][];
        for (int j = 0; j < 4; j++) {
            zx[j] = book.named("zx." + gates.get(j), book.inputSide(x, j, 4));
            zh[j] = book.named("zh." + gates.get(j), book.recurrentSide(part(prev, "h"), j, 4));
        }
        double[][] fromInput = normalised(book, "x", zx);
        double[][] fromState = normalised(book, "h", zh);
        double[][] a = new double[4][];
        for (int j = 0; j < 4; j++) {
            double[] input = times(book.weight("gamma_x_" + gates.get(j)), fromInput[j]);
            double[] state = times(book.weight("gamma_h_" + gates.get(j)), fromState[j]);
            a[j] = book.named("a_" + gates.get(j), plus(plus(input, state), book.weight("beta_" + gates.get(j))));
        }
        double[] i = book.named("i", sigmoid(a[0]));
        double[] f = book.named("f", sigmoid(a[1]));
        double[] o = book.named("o", sigmoid(a[2]));
        double[] g = book.named("g", tanh(a[3]));
        double[] c = book.state("c", plus(times(f, part(prev, "c")), times(i, g)));
        double[] fromMemory = normalised(book, "c", c)[0];
        double[] lnC = book.named("lnC", plus(times(book.weight("gamma_c"), fromMemory), book.weight("beta_c")));
        double[] tanhLnC = book.named("tanhLnC", tanh(lnC));
        return state(book.state("h", times(o, tanhLnC)), c);
    }

    /** All rows together: less their mean, over the root of the mean of their squares; both under a name. */
    private static double[][] normalised(Book book, String of, double[]... rows) {
        int n = rows[0].length;
        double mean = Arrays.stream(rows).flatMapToDouble(Arrays::stream).sum() / (n * rows.length);
        double squares = Arrays.stream(rows)
                .flatMapToDouble(Arrays::stream)
                .map(x -> (x - mean) * (x - mean))
                .sum();
        double scale = 1 / Math.sqrt(squares / (n * rows.length) + 1e-5);
        // one number, n times over: whichever of them is moved moves it
        double moved = scale
                + Arrays.stream(book.named("scale_" + of, each(n, k -> scale)))
                        .map(x -> x - scale)
                        .sum();
        double[][] xHat = new double[rows.length][];
        for (int j = 0; j < xHat.length; j++) {
            double[] row = rows[j];
            String block = xHat.length == 1 ? "" : "_" + "ifog".charAt(j);
            xHat[j] = book.named("xhat_" + of + block, each(n, k -> moved * (row[k] - mean)));
        }
        return xHat;
    }

    static Map<String, double[]> projected(Book book, double[] x, Map<String, double[]> prev) {
        double[] i = book.named("i", sigmoid(z(book, "i", 0, 4, x, prev)));
        double[] f = book.named("f", sigmoid(z(book, "f", 1, 4, x, prev)));
        double[] o = book.named("o", sigmoid(z(book, "o", 2, 4, x, prev)));
        double[] g = book.named("g", tanh(z(book, "g", 3, 4, x, prev)));
        double[] c = book.state("c", plus(times(f, part(prev, "c")), times(i, g)));
        double[] m = book.named("m", times(o, book.named("tanhC", tanh(c))));
        return state(book.state("h", book.product(m, "W_p", 0, 1)), c);
    }

    static Map<String, double[]> minimal(Book book, double[] x, Map<String, double[]> prev) {
        double[] hPrev = part(prev, "h");
        double[] zxF = book.named("zx.f", book.inputSide(x, 0, 2));
        double[] zxN = book.named("zx.n", book.inputSide(x, 1, 2));
        double[] f = book.named("f", sigmoid(plus(zxF, book.named("zh.f", book.recurrentSide(hPrev, 0, 2)))));
        double[] zhN = book.named("zh_n", book.named("zh.n", book.recurrentSide(hPrev, 1, 2)));
        double[] n = book.named("n", tanh(plus(zxN, times(f, zhN))));
        return Map.of("h", book.state("h", interpolated(oneMinus(f), hPrev, n)));
    }

    static Map<String, double[]> publishedMinimal(Book book, double[] x, Map<String, double[]> prev) {
        double[] hPrev = part(prev, "h");
        double[] f = book.named("f", sigmoid(resetBefore(book, "f", 0, 2, x, book.product(hPrev, "W_h", 0, 1))));
        double[] fh = book.named("fh", times(f, hPrev));
        double[] n = book.named("n", tanh(resetBefore(book, "n", 1, 2, x, book.product(fh, "U_n", 0, 1))));
        return Map.of("h", book.state("h", interpolated(oneMinus(f), hPrev, n)));
    }

    static Map<String, double[]> deepTransition(Book book, double[] x, Map<String, double[]> prev) {
        double[] hPrev = part(prev, "h");
        double[] zxU = book.named("zx.u", book.inputSide(x, 0, 2));
        double[] u = book.named("u", tanh(plus(zxU, book.named("zh.u", book.recurrentSide(hPrev, 0, 1)))));
        double[] decayed = each(part(prev, "m").length, k -> 0.5 * part(prev, "m")[k]);
        double[] m = book.state("m", plus(decayed, book.product(u, "V", 0, 1)));
        double[] inner = plus(book.product(m, "R", 0, 1), book.product(hPrev, "S", 0, 1));
        double[] y = book.named("zx.g", plus(book.inputSide(x, 1, 2), inner));
        return state(book.state("h", tanh(y)), "m", m);
    }

    static Map<String, double[]> slowMemory(Book book, double[] x, Map<String, double[]> prev) {
        double[] mPrev = part(prev, "m");
        double[] u = book.named("u", sigmoid(plus(z(book, "u", 0, 2, x, prev), times(book.weight("p"), mPrev))));
        double[] g = book.named("g", tanh(z(book, "g", 1, 2, x, prev)));
        double[] m = book.state("m", plus(times(book.weight("a"), mPrev), times(u, g)));
        double[] h = book.state("h", tanh(plus(m, times(book.weight("q"), part(prev, "h")))));
        return state(h, "m", m);
    }

    static Book.Cell gru(boolean keeps) {
        return (book, x, prev) -> {
            double[] hPrev = part(prev, "h");
            double[] r = book.named("r", sigmoid(plus(zx(book, "r", 0, x), zh(book, "r", 0, hPrev))));
            double[] z = book.named("z", sigmoid(plus(zx(book, "z", 1, x), zh(book, "z", 1, hPrev))));
            double[] zhN = book.named("zh_n", zh(book, "n", 2, hPrev));
            double[] n = book.named("n", tanh(plus(zx(book, "n", 2, x), times(r, zhN))));
            return Map.of("h", book.state("h", interpolated(keeps ? z : oneMinus(z), hPrev, n)));
        };
    }

    static Map<String, double[]> contextGru(Book book, double[] x, Map<String, double[]> prev) {
        double[] hPrev = part(prev, "h");
        double[] c = part(prev, "context");
        double[] rOfContext = book.product(c, "C_r", 0, 1);
        double[] zOfContext = book.product(c, "C_z", 0, 1);
        double[] r = book.named("r", sigmoid(plus(plus(zx(book, "r", 0, x), zh(book, "r", 0, hPrev)), rOfContext)));
        double[] z = book.named("z", sigmoid(plus(plus(zx(book, "z", 1, x), zh(book, "z", 1, hPrev)), zOfContext)));
        double[] a = book.named("a", plus(zh(book, "n", 2, hPrev), book.product(c, "C_n", 0, 1)));
        double[] n = book.named("n", tanh(plus(zx(book, "n", 2, x), times(r, a))));
        return state(book.state("h", interpolated(z, hPrev, n)), "context", book.state("context", c));
    }

    static Book.Cell gruResetBefore(boolean keeps) {
        return (book, x, prev) -> {
            double[] hPrev = part(prev, "h");
            double[] r = book.named("r", sigmoid(resetBefore(book, "r", 0, 3, x, book.product(hPrev, "W_h", 0, 2))));
            double[] z = book.named("z", sigmoid(resetBefore(book, "z", 1, 3, x, book.product(hPrev, "W_h", 1, 2))));
            double[] rh = book.named("rh", times(r, hPrev));
            double[] n = book.named("n", tanh(resetBefore(book, "n", 2, 3, x, book.product(rh, "U_n", 0, 1))));
            return Map.of("h", book.state("h", interpolated(keeps ? z : oneMinus(z), hPrev, n)));
        };
    }

    private static double[] z(Book book, String name, int g, int G, double[] x, Map<String, double[]> prev) {
        return book.named("z." + name, plus(book.inputSide(x, g, G), book.recurrentSide(part(prev, "h"), g, G)));
    }

    /** Block g of G of x W_x plus what comes from the state, and both biases where there are two. */
    private static double[] resetBefore(Book book, String name, int g, int G, double[] x, double[] fromState) {
        return book.named("z." + name, plus(book.inputSide(x, g, G), book.withBias("b_h", g, G, fromState)));
    }

    private static double[] zx(Book book, String name, int g, double[] x) {
        return book.named("zx." + name, book.inputSide(x, g, 3));
    }

    private static double[] zh(Book book, String name, int g, double[] hPrev) {
        return book.named("zh." + name, book.recurrentSide(hPrev, g, 3));
    }

    private static double[] interpolated(double[] old, double[] hPrev, double[] n) {
        return plus(times(old, hPrev), times(oneMinus(old), n));
    }

    private static double[] part(Map<String, double[]> state, String name) {
        return Objects.requireNonNull(state.get(name), name);
    }

    private static Map<String, double[]> state(double[] h, double[] c) {
        return state(h, "c", c);
    }

    private static Map<String, double[]> state(double[] h, String second, double[] part) {
        Map<String, double[]> state = new LinkedHashMap<>();
        state.put("h", h);
        state.put(second, part);
        return state;
    }
}
