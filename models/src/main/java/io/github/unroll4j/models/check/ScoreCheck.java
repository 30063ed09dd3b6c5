// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.check;

import io.github.unroll4j.core.check.GradientReport;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.attention.Focus;
import io.github.unroll4j.models.attention.Score;
import io.github.unroll4j.models.sequence.Lengths;
import java.util.function.Supplier;

/**
 * The contract of an attention score, checked: one line in a test of your own, in any test framework.
 *
 * <pre>{@code ScoreCheck.verify(4, 4, () -> new MyScore(4));}</pre>
 *
 * <p>Checks, in double unless said: the gradient of every parameter, of the queries and of the annotations against central
 * differences, for one and three steps, one row and several, equal and unequal lengths, under global and both kinds of local
 * attention; that padding changes nothing, bit for bit; that equal seeds give equal bits; and that the float run agrees with the
 * double one.
 */
public final class ScoreCheck {
    private final CellReport report;
    private final Supplier<? extends Score> score;
    private final int hidden;
    private final int width;

    private ScoreCheck(int hidden, int width, Supplier<? extends Score> score) {
        this.score = score;
        this.hidden = hidden;
        this.width = width;
        report = new CellReport("ScoreCheck", score.get().layout().name());
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
    public static CellReport verify(int hidden, int width, Supplier<? extends Score> score) {
        CellReport report = check(hidden, width, score);
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
    public static CellReport check(int hidden, int width, Supplier<? extends Score> score) {
        ScoreCheck check = new ScoreCheck(hidden, width, score);
        Focus[] kinds = {Focus.global(), new Focus.Monotonic(1), new Focus.Predictive(2)};
        for (Focus focus : kinds) {
            check.gradients(focus, 1, Lengths.full(1, 1));
            check.gradients(focus, 3, Lengths.full(4, 3));
            check.gradients(focus, 3, Lengths.of(5, 5, 1, 3));
            check.repeats(focus);
        }
        return check.report;
    }

    private void gradients(Focus focus, int T, Lengths lengths) {
        try (AttentionRig rig = rig(focus, T, lengths, Dtype.DOUBLE)) {
            GradientReport found = rig.gradientCheck().full();
            String sizes = words(focus) + ", T=" + T + ", S=" + lengths.steps() + ", B=" + lengths.batch()
                    + (lengths.isFull() ? "" : ", unequal lengths");
            report.addGradients("gradients", sizes, found, CellCheck.GRADIENT_TOLERANCE);
        }
    }

    private void repeats(Focus focus) {
        Lengths lengths = Lengths.of(5, 5, 1, 3);
        String kind = words(focus);
        try (AttentionRig one = rig(focus, 3, lengths, Dtype.DOUBLE);
                AttentionRig two = rig(focus, 3, lengths, Dtype.DOUBLE);
                AttentionRig single = rig(focus, 3, lengths, Dtype.FLOAT)) {
            double[] exact = one.everything();
            equal("equal seeds give equal bits, " + kind, exact, two.everything(), 0);
            equal("float agrees with double, " + kind, exact, single.everything(), CellCheck.FLOAT_TOLERANCE);
            two.fillPaddingWith(Double.NaN);
            equal("padding changes nothing, bit for bit, " + kind, exact, two.everything(), 0);
        }
    }

    private static String words(Focus focus) {
        if (focus instanceof Focus.Monotonic local) {
            return "local-m radius " + local.radius();
        }
        return focus instanceof Focus.Predictive local ? "local-p radius " + local.radius() : "global";
    }

    private void equal(String property, double[] a, double[] b, double tolerance) {
        report.compare(property, "", a, b, tolerance);
    }

    private AttentionRig rig(Focus focus, int T, Lengths lengths, Dtype dtype) {
        return new AttentionRig(score.get(), focus, new AttentionRig.Sizes(hidden, width, T), lengths, dtype, 7);
    }
}
