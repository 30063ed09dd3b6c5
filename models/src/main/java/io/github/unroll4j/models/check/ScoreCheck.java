// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.check;

import io.github.unroll4j.core.check.GradientReport;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.attention.Focus;
import io.github.unroll4j.models.attention.Pairs;
import io.github.unroll4j.models.attention.Score;
import io.github.unroll4j.models.attention.ScoreLayout;
import io.github.unroll4j.models.check.ScoreCalls.Fault;
import io.github.unroll4j.models.sequence.Lengths;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The contract of an attention score, checked: one line in a test of your own, in any test framework.
 *
 * <pre>{@code ScoreCheck.verify(4, 4, () -> new MyScore(4));}</pre>
 *
 * <p>Of a score alone, in both element types: that a hundred calls, with others of other sizes in between, give the
 * same bits; that forward writes every score; that calls leave their inputs as they are, and backward adds to what
 * stands in dq, dKey and dp; that each row of a batch gets what it gets alone, for every batch size from 1 to 33 and
 * 64; that float agrees with double; and, in double, gradients along directions for every number of positions from 1 to
 * 33 and 64.
 *
 * <p>Of attention with it, in double unless said: the gradient of every parameter, of the queries and of the
 * annotations against central differences, for one and three steps, one row and several, equal and unequal lengths,
 * under global and both kinds of local attention; that equal seeds give equal bits; that the float run agrees with the
 * double one; and in both element types that what stands in the padding changes nothing, bit for bit, and that padding
 * gets no gradient.
 *
 * <p>A report has one row for each cause. A score that throws, remembers earlier calls or leaves scores out is not
 * checked further. One that writes to its inputs, or overwrites what it should add to, is kept from both in what
 * follows. A batch size at which rows come out wrong is left out of what follows.
 *
 * <p>What it cannot see: whether the equations are those of the paper, as gradients are compared with forward as it is;
 * faults at other sizes than those above, after more calls, or in several threads at once; faults at numbers far from
 * those of a normal distribution; and differences below the tolerances in {@link CellCheck}.
 *
 * @since 0.1.0
 */
public final class ScoreCheck {
    private final CheckReport report;
    private final Supplier<? extends Score> score;
    private final int hidden;
    private final int width;
    private Set<Integer> wrongBatches = Set.of();
    private boolean repaired;
    private boolean agreesInFloat;

    private ScoreCheck(int hidden, int width, Supplier<? extends Score> score) {
        this.score = score;
        this.hidden = hidden;
        this.width = width;
        report = new CheckReport("ScoreCheck", score.get().layout().name());
    }

    /**
     * Checks a score and throws if it breaks the contract.
     *
     * @param hidden size H of a query
     * @param width size M of an annotation
     * @param score makes a new, equal score at each call
     * @return the report, for printing
     * @throws AssertionError with a table of what held and what did not
     */
    public static CheckReport verify(int hidden, int width, Supplier<? extends Score> score) {
        CheckReport report = check(hidden, width, score);
        report.require();
        return report;
    }

    /**
     * Checks a score without throwing.
     *
     * @param hidden size H of a query
     * @param width size M of an annotation
     * @param score makes a new, equal score at each call
     * @return the report
     */
    public static CheckReport check(int hidden, int width, Supplier<? extends Score> score) {
        ScoreCheck check = new ScoreCheck(hidden, width, score);
        ScoreCalls calls = new ScoreCalls(score.get());
        if (check.alone(calls)) {
            check.inAttention();
            calls.positions(check.report);
        }
        return check.report;
    }

    /** The calls of a score alone; whether what follows can be told apart from what was found. */
    private boolean alone(ScoreCalls calls) {
        calls.repeat();
        if (!add(calls, Fault.THROWS) || !add(calls, Fault.REMEMBERS)) {
            return false;
        }
        calls.batches();
        if (!add(calls, Fault.LEAVES_OUT)) {
            return false;
        }
        boolean inputs = add(calls, Fault.WRITES_INPUTS);
        boolean sums = add(calls, Fault.OVERWRITES);
        repaired = !inputs || !sums;
        add(calls, Fault.MIXES_ROWS);
        wrongBatches = calls.wrongBatches();
        agreesInFloat = add(calls, Fault.DIFFERS_IN_FLOAT);
        return true;
    }

    private boolean add(ScoreCalls calls, Fault kind) {
        report.add(kind.property, calls.found(kind).isEmpty(), calls.found(kind).orElse(""));
        return calls.found(kind).isEmpty();
    }

    private void inAttention() {
        Focus[] kinds = {Focus.global(), new Focus.Monotonic(1), new Focus.Predictive(2)};
        for (Focus focus : kinds) {
            gradients(focus, 1, Lengths.full(1, 1));
            gradients(focus, 3, Lengths.full(4, 3));
            gradients(focus, 3, Lengths.of(5, 5, 1, 3));
            repeats(focus, Lengths.of(5, 5, 1, 0, 3));
        }
    }

    private void gradients(Focus focus, int T, Lengths lengths) {
        if (wrongBatches.contains(lengths.batch())) {
            return;
        }
        try (AttentionRig rig = rig(focus, T, lengths, Dtype.DOUBLE)) {
            GradientReport found = rig.gradientCheck().full();
            String sizes = words(focus) + ", T=" + T + ", S=" + lengths.steps() + ", B=" + lengths.batch()
                    + (lengths.isFull() ? "" : ", unequal lengths");
            report.addGradients("gradients", sizes, found, CellCheck.GRADIENT_TOLERANCE);
        }
    }

    private void repeats(Focus focus, Lengths lengths) {
        if (wrongBatches.contains(lengths.batch())) {
            return;
        }
        String where = words(focus);
        try (AttentionRig one = rig(focus, 3, lengths, Dtype.DOUBLE);
                AttentionRig two = rig(focus, 3, lengths, Dtype.DOUBLE);
                AttentionRig single = rig(focus, 3, lengths, Dtype.FLOAT)) {
            double[] exact = one.everything();
            report.compare("equal seeds give equal bits", where, exact, two.everything(), 0);
            if (agreesInFloat) {
                report.compare(
                        "float agrees with double", where, exact, single.everything(), CellCheck.FLOAT_TOLERANCE);
            }
            padding(two, where);
            padding(single, where + ", float");
        }
    }

    private void padding(AttentionRig rig, String where) {
        double[] before = rig.everything();
        double[] found = rig.paddingGradients();
        report.compare("padding gets no gradient", where, new double[found.length], found, 0);
        rig.fillPaddingWith(Double.NaN);
        report.compare("padding changes nothing, bit for bit", where, before, rig.everything(), 0);
    }

    private static String words(Focus focus) {
        if (focus instanceof Focus.Monotonic local) {
            return "local-m radius " + local.radius();
        }
        return focus instanceof Focus.Predictive local ? "local-p radius " + local.radius() : "global";
    }

    private AttentionRig rig(Focus focus, int T, Lengths lengths, Dtype dtype) {
        Score checked = repaired ? new Repaired(score.get()) : score.get();
        return new AttentionRig(checked, focus, new AttentionRig.Sizes(hidden, width, T), lengths, dtype, 7);
    }

    /**
     * A score that writes to its inputs or overwrites sums, kept from both, so that what else is wrong with it shows:
     * its inputs are put back after every call, and what backward makes of zeros is added.
     */
    private record Repaired(Score wrong) implements Score {
        @Override
        public ScoreLayout layout() {
            return wrong.layout();
        }

        @Override
        public void forward(Pairs p) {
            ScoreArrays inputs = ScoreArrays.inputsOfForward(layout(), p);
            ScoreArrays before = inputs.copy();
            wrong.forward(p);
            inputs.set(before);
        }

        @Override
        public void backward(Pairs p) {
            ScoreArrays inputs = ScoreArrays.inputsOfBackward(layout(), p);
            ScoreArrays before = inputs.copy();
            ScoreArrays sums = ScoreArrays.sums(layout(), p);
            ScoreArrays already = sums.copy();
            sums.clear();
            wrong.backward(p);
            inputs.set(before);
            sums.add(already);
        }
    }
}
