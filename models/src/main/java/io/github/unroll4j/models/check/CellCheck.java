// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.check;

import io.github.unroll4j.core.check.GradientReport;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.cell.PointwiseCell;
import io.github.unroll4j.models.sequence.Lengths;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * The contract of a cell, checked: one line in a test of your own, in any test framework.
 *
 * <pre>{@code CellCheck.verify(() -> new MyCell(4));}</pre>
 *
 * <p>Checks, in double unless said: the gradient of every parameter, of x and of every state part against central
 * differences, through the engine and through the plain loop, for T = 1, 2, 5 and B = 1, 3, and with unequal lengths; that
 * engine and plain loop agree in every output and gradient; that six steps equal three and three with the state carried;
 * that backward leaves what forward kept as it was; that the rows of a batch do not see each other; that padding changes
 * nothing; that equal seeds give equal bits; and that the float run agrees with the double one.
 */
public final class CellCheck {
    /** Largest relative error of a derivative; central differences in double are good to some 1e-9 here. */
    public static final double GRADIENT_TOLERANCE = 1e-6;
    /** Two orders of summation of the same double numbers. */
    public static final double EQUAL_TOLERANCE = 1e-11;
    /** Single precision over five steps. */
    public static final double FLOAT_TOLERANCE = 2e-4;

    private static final int D = 3;

    private CellCheck() {}

    /**
     * Checks a cell and throws if it breaks the contract.
     *
     * @param cell makes a new, equal cell at each call
     * @return the report, for printing
     * @throws AssertionError with a table of what held and what did not
     */
    public static CellReport verify(Supplier<? extends PointwiseCell> cell) {
        CellReport report = check(cell);
        report.require();
        return report;
    }

    /**
     * Checks a cell without throwing.
     *
     * @param cell makes a new, equal cell at each call
     * @return the report
     */
    public static CellReport check(Supplier<? extends PointwiseCell> cell) {
        CellReport report = new CellReport(cell.get().spec().name());
        for (int T : new int[] {1, 2, 5}) {
            for (int B : new int[] {1, 3}) {
                gradients(report, cell, T, Lengths.full(T, B));
            }
        }
        gradients(report, cell, 5, Lengths.of(5, 5, 0, 3));
        equivalence(report, cell);
        carriedState(report, cell);
        readOnly(report, cell);
        rowsIndependent(report, cell);
        padding(report, cell);
        determinism(report, cell);
        floats(report, cell);
        return report;
    }

    private static void gradients(CellReport report, Supplier<? extends PointwiseCell> cell, int T, Lengths lengths) {
        for (boolean engine : new boolean[] {true, false}) {
            try (CellRig rig = new CellRig(cell.get(), D, engine, Dtype.DOUBLE, T, lengths, 7)) {
                GradientReport found = rig.gradientCheck().full();
                String sizes = (engine ? "engine" : "plain loop") + ", T=" + T + ", B=" + lengths.batch() + (lengths.isFull() ? "" : ", unequal lengths");
                report.add("gradients, " + sizes, found.passed(GRADIENT_TOLERANCE), found.passed(GRADIENT_TOLERANCE) ? error(found.worst()) : System.lineSeparator() + found);
            }
        }
    }

    private static void equivalence(CellReport report, Supplier<? extends PointwiseCell> cell) {
        Lengths lengths = Lengths.of(5, 5, 2, 0, 4);
        try (CellRig fast = new CellRig(cell.get(), D, true, Dtype.DOUBLE, 5, lengths, 3);
                CellRig plain = new CellRig(cell.get(), D, false, Dtype.DOUBLE, 5, lengths, 3)) {
            report.add("engine equals plain loop, outputs and gradients", close(fast.everything(), plain.everything(), EQUAL_TOLERANCE), difference(fast.everything(), plain.everything()));
        }
    }

    private static void carriedState(CellReport report, Supplier<? extends PointwiseCell> cell) {
        try (CellRig rig = new CellRig(cell.get(), D, true, Dtype.DOUBLE, 6, Lengths.full(6, 2), 5)) {
            double[] whole = rig.outputs();
            double[] halves = rig.outputsInTwoHalves();
            report.add("six steps equal three and three", close(whole, halves, EQUAL_TOLERANCE), difference(whole, halves));
        }
    }

    private static void readOnly(CellReport report, Supplier<? extends PointwiseCell> cell) {
        for (boolean engine : new boolean[] {true, false}) {
            try (CellRig rig = new CellRig(cell.get(), D, engine, Dtype.DOUBLE, 5, Lengths.full(5, 3), 9)) {
                double[][] twice = rig.gradientsTwice();
                String property = "backward leaves what forward kept, " + (engine ? "engine" : "plain loop");
                report.add(property, Arrays.equals(twice[0], twice[1]), difference(twice[0], twice[1]));
            }
        }
    }

    private static void rowsIndependent(CellReport report, Supplier<? extends PointwiseCell> cell) {
        try (CellRig rig = new CellRig(cell.get(), D, true, Dtype.DOUBLE, 4, Lengths.full(4, 3), 11)) {
            double[] straight = rig.outputs();
            double[] reversed = rig.outputsWithRowsReversed();
            report.add("batch rows do not see each other", close(straight, reversed, EQUAL_TOLERANCE), difference(straight, reversed));
        }
    }

    private static void padding(CellReport report, Supplier<? extends PointwiseCell> cell) {
        try (CellRig rig = new CellRig(cell.get(), D, true, Dtype.DOUBLE, 5, Lengths.of(5, 5, 0, 3), 13)) {
            double[] before = rig.everything();
            rig.fillPaddingWith(Double.NaN);
            double[] after = rig.everything();
            report.add("padding changes nothing, bit for bit", Arrays.equals(before, after), difference(before, after));
        }
    }

    private static void determinism(CellReport report, Supplier<? extends PointwiseCell> cell) {
        try (CellRig one = new CellRig(cell.get(), D, true, Dtype.DOUBLE, 5, Lengths.full(5, 3), 17);
                CellRig two = new CellRig(cell.get(), D, true, Dtype.DOUBLE, 5, Lengths.full(5, 3), 17)) {
            report.add("equal seeds give equal bits", Arrays.equals(one.everything(), two.everything()), difference(one.everything(), two.everything()));
        }
    }

    private static void floats(CellReport report, Supplier<? extends PointwiseCell> cell) {
        try (CellRig exact = new CellRig(cell.get(), D, true, Dtype.DOUBLE, 5, Lengths.full(5, 3), 19);
                CellRig single = new CellRig(cell.get(), D, true, Dtype.FLOAT, 5, Lengths.full(5, 3), 19)) {
            report.add("float agrees with double", close(exact.everything(), single.everything(), FLOAT_TOLERANCE), difference(exact.everything(), single.everything()));
        }
    }

    private static boolean close(double[] a, double[] b, double tolerance) {
        if (a.length != b.length) {
            return false;
        }
        for (int i = 0; i < a.length; i++) {
            if (!(Math.abs(a[i] - b[i]) <= tolerance * (1 + Math.abs(a[i])))) {
                return false;
            }
        }
        return true;
    }

    private static String difference(double[] a, double[] b) {
        double worst = 0;
        for (int i = 0; i < Math.min(a.length, b.length); i++) {
            double d = Math.abs(a[i] - b[i]);
            worst = Math.max(worst, d);
        }
        return "largest difference " + error(worst);
    }

    private static String error(double value) {
        return String.format(Locale.ROOT, "%.1e", value);
    }
}
