// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.check;

import io.github.unroll4j.core.check.GradientReport;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.cell.Cell;
import io.github.unroll4j.models.sequence.LayerFactory;
import io.github.unroll4j.models.sequence.Lengths;
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
 * that backward leaves what forward kept as it was; that the rows of a batch do not see each other; that neither what stands
 * in the padding nor how much of it there is changes anything; that equal seeds give equal bits; and that the float run
 * agrees with the double one.
 */
public final class CellCheck {
    /** Largest relative error of a derivative; central differences in double are good to some 1e-9 here. */
    public static final double GRADIENT_TOLERANCE = 1e-6;
    /** Two orders of summation of the same double numbers. */
    public static final double EQUAL_TOLERANCE = 1e-11;
    /** Single precision over five steps. */
    public static final double FLOAT_TOLERANCE = 2e-4;

    private static final int D = 3;

    private final CellReport report;
    private final int hidden;

    private CellCheck(String name, int hidden) {
        report = new CellReport(name);
        this.hidden = hidden;
    }

    /**
     * Checks a cell and throws if it breaks the contract.
     *
     * @param cell makes a new, equal cell at each call
     * @return the report, for printing
     * @throws AssertionError with a table of what held and what did not
     */
    public static CellReport verify(Supplier<? extends Cell> cell) {
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
    public static CellReport check(Supplier<? extends Cell> cell) {
        LayerFactory engine = LayerFactory.of(hidden -> cell.get());
        LayerFactory plain = engine.plain();
        CellCheck check =
                new CellCheck(cell.get().layout().name(), cell.get().layout().hidden());
        check.contract("engine", engine);
        check.contract("plain loop", plain);
        check.equivalence(engine, plain);
        return check.report;
    }

    /**
     * Checks a layer of any kind and throws if it breaks the contract; for cells that are no pointwise cells.
     *
     * @param name for the report
     * @param hidden units to ask the factory for
     * @param layer makes a new, equal layer at each call, e.g. an {@code Unrolled} over a step cell
     * @return the report, for printing
     * @throws AssertionError with a table of what held and what did not
     */
    public static CellReport verifyLayer(String name, int hidden, LayerFactory layer) {
        CellCheck check = new CellCheck(name, hidden);
        check.contract("layer", layer);
        check.report.require();
        return check.report;
    }

    private void contract(String kind, LayerFactory layer) {
        for (int T : new int[] {1, 2, 5}) {
            for (int B : new int[] {1, 3}) {
                gradients(kind, layer, Lengths.full(T, B));
            }
        }
        gradients(kind, layer, Lengths.of(5, 5, 0, 3));
        carriedState(kind, layer);
        readOnly(kind, layer);
        rowsIndependent(kind, layer);
        padding(kind, layer);
        determinism(kind, layer);
        floats(kind, layer);
    }

    private void gradients(String kind, LayerFactory layer, Lengths lengths) {
        try (CellRig rig = rig(layer, Dtype.DOUBLE, lengths, 7)) {
            GradientReport found = rig.gradientCheck().full();
            String sizes = kind + ", T=" + lengths.steps() + ", B=" + lengths.batch()
                    + (lengths.isFull() ? "" : ", unequal lengths");
            report.addGradients("gradients, " + sizes, found, GRADIENT_TOLERANCE);
        }
    }

    private void equivalence(LayerFactory engine, LayerFactory plain) {
        Lengths lengths = Lengths.of(5, 5, 2, 0, 4);
        try (CellRig fast = rig(engine, Dtype.DOUBLE, lengths, 3);
                CellRig slow = rig(plain, Dtype.DOUBLE, lengths, 3)) {
            compare(
                    "engine equals plain loop, outputs and gradients",
                    fast.everything(),
                    slow.everything(),
                    EQUAL_TOLERANCE);
        }
    }

    private void carriedState(String kind, LayerFactory layer) {
        try (CellRig rig = rig(layer, Dtype.DOUBLE, Lengths.full(6, 2), 5)) {
            compare(
                    "six steps equal three and three, " + kind,
                    rig.outputs(),
                    rig.outputsInTwoHalves(),
                    EQUAL_TOLERANCE);
        }
    }

    private void readOnly(String kind, LayerFactory layer) {
        try (CellRig rig = rig(layer, Dtype.DOUBLE, Lengths.full(5, 3), 9)) {
            double[][] twice = rig.gradientsTwice();
            compare("backward leaves what forward kept, " + kind, twice[0], twice[1], 0);
        }
    }

    private void rowsIndependent(String kind, LayerFactory layer) {
        try (CellRig rig = rig(layer, Dtype.DOUBLE, Lengths.full(4, 3), 11)) {
            compare(
                    "batch rows do not see each other, " + kind,
                    rig.outputs(),
                    rig.outputsWithRowsReversed(),
                    EQUAL_TOLERANCE);
        }
    }

    private void padding(String kind, LayerFactory layer) {
        try (CellRig rig = rig(layer, Dtype.DOUBLE, Lengths.of(5, 5, 0, 3), 13)) {
            double[] before = rig.everything();
            rig.fillPaddingWith(Double.NaN);
            compare("what stands in the padding changes nothing, bit for bit, " + kind, before, rig.everything(), 0);
            rig.appendPadding(3, Double.NaN);
            compare("more padding changes nothing, bit for bit, " + kind, before, rig.everything(), 0);
            double[] beyond = rig.appendedGradients();
            compare("padding gets no gradient, " + kind, new double[beyond.length], beyond, 0);
        }
        try (CellRig rig = rig(layer, Dtype.DOUBLE, Lengths.of(2, 0, 0), 13)) {
            compare(
                    "padding alone leaves state and weights as they are, " + kind,
                    rig.initialAndZeros(),
                    rig.lastAndParameterGradients(),
                    0);
        }
    }

    private void determinism(String kind, LayerFactory layer) {
        try (CellRig one = rig(layer, Dtype.DOUBLE, Lengths.full(5, 3), 17);
                CellRig two = rig(layer, Dtype.DOUBLE, Lengths.full(5, 3), 17)) {
            compare("equal seeds give equal bits, " + kind, one.everything(), two.everything(), 0);
        }
    }

    private void floats(String kind, LayerFactory layer) {
        try (CellRig exact = rig(layer, Dtype.DOUBLE, Lengths.full(5, 3), 19);
                CellRig single = rig(layer, Dtype.FLOAT, Lengths.full(5, 3), 19)) {
            compare("float agrees with double, " + kind, exact.everything(), single.everything(), FLOAT_TOLERANCE);
        }
    }

    private CellRig rig(LayerFactory layer, Dtype dtype, Lengths lengths, long seed) {
        return new CellRig(layer, hidden, D, dtype, lengths.steps(), lengths, seed);
    }

    private void compare(String property, double[] a, double[] b, double tolerance) {
        report.add(property, close(a, b, tolerance), difference(a, b));
    }

    static boolean close(double[] a, double[] b, double tolerance) {
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

    static String difference(double[] a, double[] b) {
        double worst = 0;
        for (int i = 0; i < Math.min(a.length, b.length); i++) {
            double d = Math.abs(a[i] - b[i]);
            worst = Math.max(worst, d);
        }
        return "largest difference " + error(worst);
    }

    static String error(double value) {
        return String.format(Locale.ROOT, "%.1e", value);
    }
}
