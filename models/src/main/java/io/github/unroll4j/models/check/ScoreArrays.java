// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.check;

import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.attention.Pairs;
import io.github.unroll4j.models.attention.ScoreLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Some arrays of a call of a score, by name. */
record ScoreArrays(List<Named> all) {
    /** An array. */
    record Named(String name, Vec numbers) {}

    /** q, keys and parameters. */
    static ScoreArrays operands(ScoreLayout layout, Pairs p) {
        return of(layout, p, false);
    }

    /** Their gradients, in the same order. */
    static ScoreArrays sums(ScoreLayout layout, Pairs p) {
        return of(layout, p, true);
    }

    private static ScoreArrays of(ScoreLayout layout, Pairs p, boolean d) {
        List<Named> all = new ArrayList<>();
        all.add(d ? new Named("dq", p.dq()) : new Named("q", p.q()));
        for (int s = 0; s < p.positions() && layout.readsKeys(); s++) {
            all.add(d ? new Named("dKey(" + s + ")", p.dKey(s)) : new Named("key(" + s + ")", p.key(s)));
        }
        for (ScoreLayout.Vector v : layout.vectors()) {
            all.add(d ? new Named("dp(" + v.name() + ")", p.dp(v)) : new Named("p(" + v.name() + ")", p.p(v)));
        }
        return new ScoreArrays(all);
    }

    /** What forward has to leave as it is. */
    static ScoreArrays inputsOfForward(ScoreLayout layout, Pairs p) {
        ScoreArrays inputs = operands(layout, p);
        inputs.all.add(new Named("de", p.de()));
        inputs.all.addAll(sums(layout, p).all);
        return inputs;
    }

    /** What backward has to leave as it is. */
    static ScoreArrays inputsOfBackward(ScoreLayout layout, Pairs p) {
        ScoreArrays inputs = operands(layout, p);
        inputs.all.add(new Named("e", p.e()));
        inputs.all.add(new Named("de", p.de()));
        return inputs;
    }

    Vec numbers(int i) {
        return all.get(i).numbers();
    }

    void clear() {
        all.forEach(array -> array.numbers().clear());
    }

    ScoreArrays copy() {
        List<Named> copies = new ArrayList<>();
        all.forEach(array -> copies.add(new Named(array.name(), array.numbers().copy())));
        return new ScoreArrays(copies);
    }

    /** Takes the numbers of a copy. */
    void set(ScoreArrays copy) {
        for (int i = 0; i < all.size(); i++) {
            numbers(i).set(copy.numbers(i));
        }
    }

    void add(ScoreArrays others) {
        for (int i = 0; i < all.size(); i++) {
            numbers(i).add(others.numbers(i));
        }
    }

    void subtract(ScoreArrays others) {
        for (int i = 0; i < all.size(); i++) {
            numbers(i).difference(numbers(i), others.numbers(i));
        }
    }

    /** A copy of row b of arrays of B rows each. */
    ScoreArrays row(int b, int B) {
        List<Named> row = new ArrayList<>();
        for (Named array : all) {
            int n = array.numbers().length() / B;
            double[] numbers = Arrays.copyOfRange(array.numbers().toDoubles(), b * n, (b + 1) * n);
            row.add(new Named(array.name(), Vec.of(array.numbers().dtype(), numbers)));
        }
        return new ScoreArrays(row);
    }

    /** Takes numbers of either element type. */
    void convert(ScoreArrays others) {
        for (int i = 0; i < all.size(); i++) {
            Vec to = numbers(i);
            to.set(Vec.of(to.dtype(), others.numbers(i).toDoubles()));
        }
    }

    /**
     * The first number that differs from these, NaN being equal to itself.
     *
     * @return e.g. {@code dq[3] is 0.5, but 0.25}; to be followed by where it is that
     */
    Optional<String> difference(ScoreArrays others, double tolerance) {
        for (int i = 0; i < all.size(); i++) {
            for (int k = 0; k < numbers(i).length(); k++) {
                double expected = numbers(i).get(k);
                double found = others.numbers(i).get(k);
                double most = tolerance * (1 + Math.abs(expected));
                if (Double.compare(expected, found) != 0 && !(Math.abs(expected - found) <= most)) {
                    return Optional.of(all.get(i).name() + "[" + k + "] is " + found + ", but " + expected);
                }
            }
        }
        return Optional.empty();
    }
}
