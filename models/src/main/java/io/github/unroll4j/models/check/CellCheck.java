// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.check;

import io.github.unroll4j.core.check.GradientReport;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.cell.Cell;
import io.github.unroll4j.models.engine.CellLayers;
import io.github.unroll4j.models.sequence.LayerFactory;
import io.github.unroll4j.models.sequence.Lengths;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The contract of a cell, checked: one line in a test of your own, in any test framework.
 *
 * <pre>{@code CellCheck.verify(() -> new MyCell(4));}</pre>
 *
 * <p>Checks, through the engine and through the plain loop, in double unless said:
 *
 * <ul>
 *   <li>that a step writes what it must, adds where it must add, and changes nothing that it may only read, also in
 *       float;
 *   <li>the gradient of every parameter, of x and of every state part against central differences: for 1, 2, 5 and 12
 *       steps, from a random state and from zeros, for 1 and 3 rows, of equal and of unequal lengths;
 *   <li>that every weight that is declared has a gradient;
 *   <li>that a batch of 2 to 17 rows is its rows one by one, in outputs, states and gradients, and that rows do not see
 *       each other;
 *   <li>that a run is its parts: six steps are three and three, and twelve are twelve of one step each, there and back;
 *   <li>that engine and plain loop agree in every output and gradient;
 *   <li>that backward leaves outputs and states as forward left them;
 *   <li>that neither what stands in the padding nor how much of it there is changes anything, also in float;
 *   <li>that equal seeds give equal bits; and that the float run agrees with the double one.
 * </ul>
 *
 * <p>What it cannot see: whether the equations are those that were meant, since it compares backward with forward;
 * faults that need sizes or numbers of steps beyond those above, or numbers beyond some ±3, where functions saturate; a
 * kink, such as that of relu, where no number came near it; whether {@code s.d(…)} holds in the end the gradient that a
 * trace takes it for; whether a product belongs to the recurrent path; and whether a cell is fast.
 *
 * @since 0.1.0
 */
public final class CellCheck {
    /** Largest relative error of a derivative; central differences in double are good to some 1e-9 here. */
    public static final double GRADIENT_TOLERANCE = 1e-6;
    /** Two orders of summation of the same double numbers. */
    public static final double EQUAL_TOLERANCE = 1e-11;
    /** Single precision over five steps. */
    public static final double FLOAT_TOLERANCE = 2e-4;

    private static final int D = 3;
    private static final Lengths UNEQUAL = Lengths.of(5, 5, 0, 3);

    private final CheckReport report;
    private final int hidden;

    private CellCheck(String name, int hidden) {
        report = new CheckReport("CellCheck", name);
        this.hidden = hidden;
    }

    /**
     * Checks a cell and throws if it breaks the contract.
     *
     * @param cell makes a new, equal cell at each call
     * @return the report, for printing
     * @throws AssertionError with a table of what held and what did not
     */
    public static CheckReport verify(Supplier<? extends Cell> cell) {
        CheckReport report = check(cell);
        report.require();
        return report;
    }

    /**
     * Checks a cell without throwing.
     *
     * @param cell makes a new, equal cell at each call
     * @return the report
     */
    public static CheckReport check(Supplier<? extends Cell> cell) {
        LayerFactory engine = CellLayers.of(hidden -> cell.get());
        LayerFactory plain = engine.plain();
        CellCheck check =
                new CellCheck(cell.get().layout().name(), cell.get().layout().hidden());
        check.guarded("the steps", () -> check.steps(cell));
        check.guarded("engine", () -> check.contract("engine", engine));
        check.guarded("plain loop", () -> check.contract("plain loop", plain));
        check.guarded("engine and plain loop", () -> check.equivalence(engine, plain));
        return check.report;
    }

    /**
     * Checks a layer of any kind, such as one that is not made of a {@link Cell}, and throws if it breaks the contract.
     *
     * @param name for the report
     * @param hidden units to ask the factory for
     * @param layer makes a new, equal layer at each call
     * @return the report, for printing
     * @throws AssertionError with a table of what held and what did not
     */
    public static CheckReport verifyLayer(String name, int hidden, LayerFactory layer) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(layer, "layer");
        CellCheck check = new CellCheck(name, hidden);
        check.guarded("layer", () -> check.contract("layer", layer));
        check.report.require();
        return check.report;
    }

    /** What throws is a failed row, and ends what is checked there. */
    private void guarded(String where, Runnable checks) {
        try {
            checks.run();
            report.addException(where, "");
        } catch (RuntimeException e) {
            report.addException(where, e.toString());
        }
    }

    /** One step after another under guard. */
    private void steps(Supplier<? extends Cell> cell) {
        CellGuard guard = new CellGuard(cell.get());
        LayerFactory guarded = CellLayers.of(hidden -> guard);
        for (Dtype dtype : Dtype.values()) {
            for (Lengths lengths : new Lengths[] {Lengths.full(2, 1), UNEQUAL}) {
                try (CellRig rig = rig(guarded, dtype, lengths, 23)) {
                    rig.everything();
                }
            }
        }
        Set<String> faults = guard.faults();
        report.add("a step writes, adds and reads what it may", faults.isEmpty(), String.join("; ", faults));
    }

    private void contract(String runner, LayerFactory layer) {
        for (int T : new int[] {1, 2, 5, 12}) {
            for (int B : new int[] {1, 3}) {
                gradients(runner, layer, Lengths.full(T, B), true);
            }
        }
        gradients(runner, layer, UNEQUAL, true);
        gradients(runner, layer, Lengths.full(2, 2), false);
        parts(runner, layer);
        everyWeightCounts(runner, layer);
        readOnly(runner, layer);
        rows(runner, layer);
        padding(runner, layer, Dtype.DOUBLE);
        padding(runner, layer, Dtype.FLOAT);
        determinism(runner, layer);
        floats(runner, layer);
    }

    private void gradients(String runner, LayerFactory layer, Lengths lengths, boolean fromRandomState) {
        try (CellRig rig = rig(layer, Dtype.DOUBLE, lengths, 7)) {
            GradientReport found = (fromRandomState ? rig.gradientCheck() : rig.gradientCheckFromZeros()).full();
            String where = runner + ", T=" + lengths.steps() + ", B=" + lengths.batch()
                    + (lengths.isFull() ? "" : ", unequal lengths")
                    + (fromRandomState ? "" : ", from a state of zeros");
            report.addGradients("gradients", where, found, GRADIENT_TOLERANCE);
        }
    }

    private void equivalence(LayerFactory engine, LayerFactory plain) {
        Lengths lengths = Lengths.of(5, 5, 2, 0, 4);
        try (CellRig fast = rig(engine, Dtype.DOUBLE, lengths, 3);
                CellRig slow = rig(plain, Dtype.DOUBLE, lengths, 3)) {
            report.compare(
                    "engine equals plain loop, outputs and gradients",
                    "",
                    fast.everything(),
                    slow.everything(),
                    EQUAL_TOLERANCE);
        }
    }

    private void parts(String runner, LayerFactory layer) {
        try (CellRig rig = rig(layer, Dtype.DOUBLE, Lengths.full(6, 2), 5)) {
            report.compare(
                    "six steps equal three and three",
                    runner,
                    rig.everything(),
                    rig.everythingInParts(3),
                    EQUAL_TOLERANCE);
        }
        try (CellRig rig = rig(layer, Dtype.DOUBLE, Lengths.full(12, 2), 5)) {
            report.compare(
                    "twelve steps equal twelve of one",
                    runner,
                    rig.everything(),
                    rig.everythingInParts(1),
                    EQUAL_TOLERANCE);
        }
    }

    private void everyWeightCounts(String runner, LayerFactory layer) {
        try (CellRig rig = rig(layer, Dtype.DOUBLE, Lengths.full(5, 3), 29)) {
            List<String> idle = rig.idleParameters();
            report.add(
                    "every weight that is declared has a gradient, " + runner,
                    idle.isEmpty(),
                    idle.isEmpty()
                            ? ""
                            : "none reaches " + String.join(", ", idle)
                                    + "; likely cause: a block, product or parameter that is declared and not used");
        }
    }

    private void readOnly(String runner, LayerFactory layer) {
        try (CellRig rig = rig(layer, Dtype.DOUBLE, Lengths.full(5, 3), 9)) {
            double[][] twice = rig.gradientsTwice();
            report.compare("backward gives the same twice", runner, twice[0], twice[1], 0);
            double[][] kept = rig.keptOverBackward();
            report.compare("backward leaves outputs and states as they were", runner, kept[0], kept[1], 0);
        }
    }

    private void rows(String runner, LayerFactory layer) {
        try (CellRig rig = rig(layer, Dtype.DOUBLE, Lengths.full(4, 3), 11)) {
            report.compare(
                    "batch rows do not see each other",
                    runner,
                    rig.outputs(),
                    rig.outputsWithRowsReversed(),
                    EQUAL_TOLERANCE);
        }
        for (int B : new int[] {2, 3, 4, 5, 6, 7, 8, 9, 10, 16, 17}) {
            try (CellRig rig = rig(layer, Dtype.DOUBLE, Lengths.full(2, B), 11)) {
                report.compare(
                        "a batch is its rows one by one",
                        runner + ", B=" + B,
                        rig.everything(),
                        rig.everythingRowByRow(),
                        EQUAL_TOLERANCE);
            }
        }
    }

    private void padding(String runner, LayerFactory layer, Dtype dtype) {
        String where = runner + (dtype == Dtype.FLOAT ? ", float" : "");
        try (CellRig rig = rig(layer, dtype, UNEQUAL, 13)) {
            double[] before = rig.everything();
            rig.fillPaddingWith(Double.NaN);
            report.compare(
                    "what stands in the padding changes nothing, bit for bit", where, before, rig.everything(), 0);
            rig.appendPadding(3, Double.NaN);
            report.compare("more padding changes nothing, bit for bit", where, before, rig.everything(), 0);
            double[] beyond = rig.appendedGradients();
            report.compare("padding gets no gradient", where, new double[beyond.length], beyond, 0);
        }
        try (CellRig rig = rig(layer, dtype, Lengths.of(2, 0, 0), 13)) {
            report.compare(
                    "padding alone leaves state and weights as they are",
                    where,
                    rig.initialAndZeros(),
                    rig.lastAndParameterGradients(),
                    0);
        }
    }

    private void determinism(String runner, LayerFactory layer) {
        try (CellRig one = rig(layer, Dtype.DOUBLE, Lengths.full(5, 3), 17);
                CellRig two = rig(layer, Dtype.DOUBLE, Lengths.full(5, 3), 17)) {
            report.compare("equal seeds give equal bits", runner, one.everything(), two.everything(), 0);
        }
    }

    private void floats(String runner, LayerFactory layer) {
        for (Lengths lengths : new Lengths[] {Lengths.full(5, 3), UNEQUAL}) {
            try (CellRig exact = rig(layer, Dtype.DOUBLE, lengths, 19);
                    CellRig single = rig(layer, Dtype.FLOAT, lengths, 19)) {
                report.compare(
                        "float agrees with double",
                        runner + (lengths.isFull() ? "" : ", unequal lengths"),
                        exact.everything(),
                        single.everything(),
                        FLOAT_TOLERANCE);
            }
        }
    }

    private CellRig rig(LayerFactory layer, Dtype dtype, Lengths lengths, long seed) {
        return new CellRig(layer, hidden, D, dtype, lengths.steps(), lengths, seed);
    }
}
