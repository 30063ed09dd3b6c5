// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.check;

import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.Cell;
import io.github.unroll4j.models.cell.Layout;
import io.github.unroll4j.models.cell.Step;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A cell with a guard around each step: what it must not change is compared before and after, what it must write is NaN
 * before. A fault is noted in words; the step goes on.
 */
final class CellGuard implements Cell {
    private final Cell cell;
    private final Layout layout;
    private final Set<String> faults = new LinkedHashSet<>();

    CellGuard(Cell cell) {
        this.cell = cell;
        layout = cell.layout();
    }

    /** What was noted, each once. */
    Set<String> faults() {
        return faults;
    }

    @Override
    public Layout layout() {
        if (cell.layout() != layout) {
            faults.add("layout() makes a new layout at each call, expected the same object");
        }
        return layout;
    }

    @Override
    public void forward(Step s) {
        Map<String, double[]> before = inputs(s);
        layout.state().forEach(part -> fill(s.next(part), Double.NaN));
        cell.forward(s);
        compare("forward", before, inputs(s));
        layout.state().forEach(part -> requireWritten("forward", "next(" + part.name() + ")", s.next(part)));
    }

    @Override
    public void backward(Step s) {
        Map<String, double[]> before = inputsOfBackward(s);
        for (Layout.Block block : layout.blocks()) {
            fill(dz(s, block), Double.NaN);
            if (layout.isApart() && block.recurrent()) {
                fill(s.dzh(block), Double.NaN);
            }
        }
        cell.backward(s);
        Map<String, double[]> after = inputsOfBackward(s);
        for (Layout.Block block : layout.blocks()) {
            String name = (layout.isApart() ? "dzx(" : "dz(") + block.name() + ")";
            requireWritten("backward", name, dz(s, block));
            if (layout.isApart() && block.recurrent()) {
                requireWritten("backward", "dzh(" + block.name() + ")", s.dzh(block));
            }
        }
        compare("backward", before, after);
        requireAdded(s);
    }

    private Vec dz(Step s, Layout.Block block) {
        return layout.isApart() ? s.dzx(block) : s.dz(block);
    }

    /** Runs the step back once more from ones in what backward adds to; they must come out as ones more. */
    private void requireAdded(Step s) {
        Map<String, Vec> sums = new LinkedHashMap<>();
        layout.state().forEach(part -> sums.put("dPrev(" + part.name() + ")", s.dPrev(part)));
        layout.units().forEach(unit -> sums.put("dp(" + unit.name() + ")", s.dp(unit)));
        Map<String, double[]> kept = new LinkedHashMap<>();
        sums.forEach((name, sum) -> kept.put(name, sum.toDoubles()));
        sums.values().forEach(sum -> fill(sum, 1));
        cell.backward(s);
        Map<String, double[]> fromOne = new LinkedHashMap<>();
        sums.forEach((name, sum) -> fromOne.put(name, sum.toDoubles()));
        sums.values().forEach(sum -> fill(sum, 3));
        cell.backward(s);
        sums.forEach((name, sum) -> {
            double[] low = fromOne.getOrDefault(name, new double[0]);
            for (int k = 0; k < low.length; k++) {
                // what is added rounds on top of 1 and of 3, in float to some 1e-6
                if (!(Math.abs(sum.get(k) - low[k] - 2) <= 1e-4 * (1 + Math.abs(low[k])))) {
                    faults.add("backward does not add to " + name + ", but overwrites it");
                }
            }
            double[] before = kept.getOrDefault(name, new double[0]);
            for (int k = 0; k < before.length; k++) {
                sum.set(k, before[k]);
            }
        });
    }

    private Map<String, double[]> inputs(Step s) {
        Map<String, double[]> all = new LinkedHashMap<>();
        layout.state().forEach(part -> put(all, "prev", part, () -> s.prev(part)));
        layout.units().forEach(unit -> put(all, "p", unit, () -> s.p(unit)));
        return all;
    }

    private Map<String, double[]> inputsOfBackward(Step s) {
        Map<String, double[]> all = inputs(s);
        layout.state().forEach(part -> put(all, "next", part, () -> s.next(part)));
        layout.state().forEach(part -> put(all, "dNext", part, () -> s.dNext(part)));
        layout.saved().forEach(x -> put(all, "saved", x, () -> s.saved(x)));
        layout.blocks().stream()
                .filter(block -> !layout.stateNames().contains(block.name()))
                .forEach(block -> put(all, "saved", block, () -> s.saved(block)));
        return all;
    }

    private static void put(Map<String, double[]> all, String kind, Layout.Handle handle, Supplier<Vec> array) {
        all.put(kind + "(" + handle.name() + ")", array.get().toDoubles());
    }

    private void compare(String method, Map<String, double[]> before, Map<String, double[]> after) {
        before.forEach((name, numbers) -> {
            if (!Arrays.equals(numbers, after.get(name))) {
                faults.add(method + " changes " + name + ", which it may only read");
            }
        });
    }

    private void requireWritten(String method, String name, Vec array) {
        if (Double.isNaN(array.sum(0, array.length()))) {
            faults.add(method + " does not write all of " + name + ", or writes NaN there");
        }
    }

    private static void fill(Vec array, double value) {
        array.fill(0, array.length(), value);
    }
}
