// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.check;

import io.github.unroll4j.core.check.GradientCheck;
import io.github.unroll4j.core.check.GradientReport;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.attention.Pairs;
import io.github.unroll4j.models.attention.Score;
import io.github.unroll4j.models.attention.ScoreLayout;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The calls of one score by themselves, without attention around them: what they read, write and leave behind, at many
 * sizes.
 *
 * <p>A call finds NaN in what it has to write, and random numbers in what it has to add to. Both element types get the
 * same numbers.
 */
final class ScoreCalls {
    private static final int CALLS = 100;
    private static final int[] SIZES = new int[34];
    private static final String WORDS = "from 1 to 33 and 64";

    static {
        Arrays.setAll(SIZES, i -> i < 33 ? i + 1 : 64);
    }

    /** What may be wrong with a call. */
    enum Fault {
        /** It throws at the first size. */
        THROWS("nothing is thrown"),
        /** It depends on the calls before it. */
        REMEMBERS(CALLS + " calls leave nothing behind"),
        /** NaN that stood in e or in the scratch is there after a call. */
        LEAVES_OUT("every score is written, and no scratch read before"),
        /** An input is not what it was. */
        WRITES_INPUTS("a call leaves its inputs as they are"),
        /** What stood in a gradient is gone, or has gone into the result. */
        OVERWRITES("backward adds to dq, dKey and dp"),
        /** A row depends on the others, or on their number; or a call throws. */
        MIXES_ROWS("a row gets what it gets alone, B " + WORDS),
        /** The two element types differ. */
        DIFFERS_IN_FLOAT("float agrees with double");

        final String property;

        Fault(String property) {
            this.property = property;
        }
    }

    private final Score score;
    private final ScoreLayout layout;
    private final Map<Fault, String> found = new EnumMap<>(Fault.class);
    private final Set<Integer> wrongBatches = new TreeSet<>();

    ScoreCalls(Score score) {
        this.score = score;
        layout = score.layout();
    }

    /** The first fault of a kind, where and what. */
    Optional<String> found(Fault kind) {
        return Optional.ofNullable(found.get(kind));
    }

    /** The batch sizes at which a row got something else than alone, or nothing. */
    Set<Integer> wrongBatches() {
        return wrongBatches;
    }

    private void add(Fault kind, Pairs p, String what) {
        String sizes = p.q().dtype() + ", B=" + p.rows() + ", S=" + p.positions();
        found.putIfAbsent(kind, sizes + ": " + what);
        if (kind == Fault.MIXES_ROWS) {
            wrongBatches.add(p.rows());
        }
    }

    /** Runs calls at one size; one that throws is a fault of the given kind. */
    private void attempt(Fault kind, Pairs p, Runnable calls) {
        try {
            calls.run();
        } catch (RuntimeException e) {
            add(kind, p, "threw " + e);
        }
    }

    /** The same numbers again and again, with calls of other sizes in between. */
    void repeat() {
        Pairs p = random(Dtype.DOUBLE, 2, 3, 1);
        attempt(Fault.THROWS, p, () -> {
            ScoreArrays first = run(p, () -> {});
            attempt(Fault.REMEMBERS, p, () -> repeat(p, first));
        });
    }

    private void repeat(Pairs p, ScoreArrays first) {
        for (int call = 1; call < CALLS; call++) {
            Dtype dtype = call % 2 == 0 ? Dtype.FLOAT : Dtype.DOUBLE;
            Pairs other = random(dtype, 1 + call % 5, 1 + call % 7, call);
            ScoreArrays again = run(p, () -> attempt(Fault.MIXES_ROWS, other, () -> run(other, () -> {})));
            first.difference(again, 0).ifPresent(what -> add(Fault.REMEMBERS, p, what + " at first"));
        }
    }

    /** Every batch size, each row against a call with that row alone, and that in float against double. */
    void batches() {
        for (int B : SIZES) {
            for (Dtype dtype : List.of(Dtype.DOUBLE, Dtype.FLOAT)) {
                Pairs p = random(dtype, B, 1 + B % 6, B);
                attempt(Fault.MIXES_ROWS, p, () -> batch(p, dtype));
            }
        }
    }

    private void batch(Pairs p, Dtype dtype) {
        ScoreArrays all = run(p, () -> {});
        for (int b = 0; b < p.rows(); b++) {
            String row = "row " + b + ", ";
            ScoreArrays alone = run(ofRow(p, b, dtype), () -> {});
            alone.difference(all.row(b, p.rows()), tolerance(dtype))
                    .ifPresent(what -> add(Fault.MIXES_ROWS, p, row + what + " alone"));
            if (dtype == Dtype.FLOAT) {
                Pairs wide = ofRow(p, b, Dtype.DOUBLE);
                run(wide, () -> {})
                        .difference(alone, tolerance(dtype))
                        .ifPresent(what -> add(Fault.DIFFERS_IN_FLOAT, wide, what + " in double"));
            }
        }
    }

    private static double tolerance(Dtype dtype) {
        return dtype == Dtype.DOUBLE ? CellCheck.EQUAL_TOLERANCE : CellCheck.FLOAT_TOLERANCE;
    }

    /** Every number of positions, all gradients of a row at once along directions. */
    void positions(CheckReport report) {
        for (int S : SIZES) {
            Pairs p = random(Dtype.DOUBLE, 1, S, S);
            String where = "a score alone, S=" + S;
            try {
                GradientReport gradients = gradientCheck(p).directional(2, Rng.seeded(S));
                report.addGradients("gradients", where, gradients, CellCheck.GRADIENT_TOLERANCE);
            } catch (RuntimeException e) {
                report.addException(where, e.toString());
            }
        }
    }

    /** L = ⟨de, e⟩ over the positions that can be chosen. */
    private GradientCheck gradientCheck(Pairs p) {
        Vec de = p.de().copy();
        ScoreArrays operands = ScoreArrays.operands(layout, p);
        ScoreArrays sums = ScoreArrays.sums(layout, p);
        GradientCheck check = GradientCheck.of(
                () -> {
                    forward(p);
                    double sum = 0;
                    for (int k = 0; k < de.length(); k++) {
                        sum += chosen(p, k) ? de.get(k) * p.e().get(k) : 0;
                    }
                    return sum;
                },
                upstream -> {
                    forward(p);
                    sums.clear();
                    p.de().product(upstream, de);
                    backward(p);
                });
        for (int i = 0; i < operands.all().size(); i++) {
            Tensor gradient = tensor(sums.numbers(i));
            check.input(operands.all().get(i).name(), tensor(operands.numbers(i)), () -> gradient);
        }
        return check;
    }

    private static boolean chosen(Pairs p, int k) {
        return p.e().get(k) != Double.NEGATIVE_INFINITY;
    }

    private static Tensor tensor(Vec numbers) {
        return Tensor.of(numbers, numbers.length());
    }

    /** Forward, something else, and back; gives e, and what backward makes of zeros. */
    private ScoreArrays run(Pairs p, Runnable between) {
        forward(p);
        between.run();
        ScoreArrays sums = ScoreArrays.sums(layout, p);
        sums.clear();
        backward(p);
        ScoreArrays result = sums.copy();
        result.all().forEach(sum -> requireNumbers(p, sum));

        Rng rng = Rng.seeded(5);
        sums.all().forEach(sum -> fill(sum.numbers(), rng));
        ScoreArrays before = sums.copy();
        backward(p);
        sums.subtract(before);
        result.difference(sums, tolerance(p.q().dtype()))
                .ifPresent(what -> add(Fault.OVERWRITES, p, what + " where zeros stood before"));

        result.all().add(new ScoreArrays.Named("e", p.e().copy()));
        return result;
    }

    private void forward(Pairs p) {
        poison(p);
        p.e().fill(0, p.e().length(), Double.NaN);
        keepsInputs(p, ScoreArrays.inputsOfForward(layout, p), "forward", () -> score.forward(p));
        requireNumbers(p, new ScoreArrays.Named("e", p.e()));
    }

    private void requireNumbers(Pairs p, ScoreArrays.Named array) {
        for (int k = 0; k < array.numbers().length(); k++) {
            if (Double.isNaN(array.numbers().get(k))) {
                add(
                        Fault.LEAVES_OUT,
                        p,
                        array.name() + "[" + k + "] is NaN, as e and the scratch were before the call");
                return;
            }
        }
    }

    private void backward(Pairs p) {
        poison(p);
        for (int k = 0; k < p.de().length(); k++) {
            p.de().set(k, chosen(p, k) ? p.de().get(k) : 0); // as softmax gives it
        }
        keepsInputs(p, ScoreArrays.inputsOfBackward(layout, p), "backward", () -> score.backward(p));
    }

    private void keepsInputs(Pairs p, ScoreArrays inputs, String name, Runnable call) {
        ScoreArrays before = inputs.copy();
        call.run();
        before.difference(inputs, 0).ifPresent(what -> add(Fault.WRITES_INPUTS, p, what + " before " + name));
        inputs.set(before);
    }

    private void poison(Pairs p) {
        for (ScoreLayout.Scratch quantity : layout.scratch()) {
            p.scratch(quantity).fill(0, p.q().length(), Double.NaN);
            p.d(quantity).fill(0, p.q().length(), Double.NaN);
        }
    }

    private Pairs random(Dtype dtype, int B, int S, long seed) {
        Pairs p = new Pairs(layout, dtype, B, S);
        Rng rng = Rng.seeded(seed);
        ScoreArrays.operands(layout, p).all().forEach(operand -> fill(operand.numbers(), rng));
        for (ScoreLayout.Vector v : layout.vectors()) {
            for (int b = 1; b < B; b++) {
                p.p(v).copy(b * p.size(), p.p(v), 0, p.size());
            }
        }
        fill(p.de(), rng);
        return p;
    }

    /** Normal numbers that both element types hold. */
    private static void fill(Vec array, Rng rng) {
        for (int k = 0; k < array.length(); k++) {
            array.set(k, (float) rng.nextGaussian());
        }
    }

    /** One row of a batch, perhaps in the other element type. */
    private Pairs ofRow(Pairs p, int b, Dtype dtype) {
        Pairs one = new Pairs(layout, dtype, 1, p.positions());
        ScoreArrays row = ScoreArrays.inputsOfBackward(layout, p).row(b, p.rows());
        ScoreArrays.inputsOfBackward(layout, one).convert(row);
        return one;
    }
}
