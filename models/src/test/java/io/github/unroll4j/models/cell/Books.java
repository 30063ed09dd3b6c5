// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.cell;

import static io.github.unroll4j.models.cell.Book.each;
import static io.github.unroll4j.models.cell.Book.oneMinus;
import static io.github.unroll4j.models.cell.Book.plus;
import static io.github.unroll4j.models.cell.Book.sigmoid;
import static io.github.unroll4j.models.cell.Book.tanh;
import static io.github.unroll4j.models.cell.Book.times;

import java.util.LinkedHashMap;
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
        return state(book.state("h", times(o, tanh(c))), c);
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

    static Book.Cell gruResetBefore(boolean keeps) {
        return (book, x, prev) -> {
            double[] hPrev = part(prev, "h");
            double[] zhR = book.named("zh.r", book.product(hPrev, "W_h", 0, 2));
            double[] zhZ = book.named("zh.z", book.product(hPrev, "W_h", 1, 2));
            double[] r = book.named("r", sigmoid(plus(zx(book, "r", 0, x), zhR)));
            double[] z = book.named("z", sigmoid(plus(zx(book, "z", 1, x), zhZ)));
            double[] rh = book.named("rh", times(r, hPrev));
            double[] zhN = book.named("zh.n", book.product(rh, "U_n", 0, 1));
            double[] n = book.named("n", tanh(plus(zx(book, "n", 2, x), zhN)));
            return Map.of("h", book.state("h", interpolated(keeps ? z : oneMinus(z), hPrev, n)));
        };
    }

    private static double[] z(Book book, String name, int g, int G, double[] x, Map<String, double[]> prev) {
        return book.named("z." + name, plus(book.inputSide(x, g, G), book.recurrentSide(part(prev, "h"), g, G)));
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
        Map<String, double[]> state = new LinkedHashMap<>();
        state.put("h", h);
        state.put("c", c);
        return state;
    }
}
