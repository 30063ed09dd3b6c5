// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.unroll4j.core.check.GradientReport;
import io.github.unroll4j.core.check.GradientReport.Element;
import io.github.unroll4j.core.check.GradientReport.Entry;
import io.github.unroll4j.models.cells.RnnCell;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckReportTest {
    private static final double TOLERANCE = 1e-6;

    /** An array of five numbers of which some are wrong by 1 to {@code wrong} tenths. */
    private static Entry array(String name, int wrong) {
        return new Entry(
                name,
                IntStream.range(0, 5)
                        .mapToObj(k -> new Element(name + "[" + k + "]", 1, 1, k < wrong ? (k + 1) / 10.0 : 1e-9))
                        .toList());
    }

    private static GradientReport gradients(List<String> complaints, Entry... arrays) {
        return new GradientReport(List.of(arrays), complaints, 5L * arrays.length);
    }

    @Test
    void failedRowsStandFirstAndEveryRowSaysWhichItIs() {
        CheckReport report = new CheckReport("CellCheck", "lstm");
        report.add("first", true, "1.0e-12");
        report.add("second", false, "largest difference 0.1");
        report.add("third", true, "0");

        assertThat(report.passed()).isFalse();
        assertThat(rows(report))
                .containsExactly(
                        "CellCheck of lstm: FAILED, 1 of 3 properties",
                        "FAILED second largest difference 0.1",
                        "ok first 1.0e-12",
                        "ok third 0");
        assertThatThrownBy(report::require).isInstanceOf(AssertionError.class).hasMessage(report.toString());
    }

    @Test
    void onePropertyIsOneRowThatSaysWhereItFailed() {
        CheckReport report = new CheckReport("CellCheck", "lstm");
        report.addGradients("gradients", "T=1", gradients(List.of(), array("W_x", 0), array("b", 0)), TOLERANCE);
        report.addGradients("gradients", "T=2", gradients(List.of(), array("W_x", 5), array("b", 0)), TOLERANCE);
        for (int T = 3; T <= 6; T++) {
            report.compare("halves", "T=" + T, new double[] {1}, new double[] {1.5}, TOLERANCE);
            report.compare("rows", "T=" + T, new double[] {T}, new double[] {T + 1e-9}, TOLERANCE);
        }

        String numbers = " backward 1.000000000e+00 differences 1.000000000e+00";
        assertThat(rows(report))
                .containsExactly(
                        "CellCheck of lstm: FAILED, 2 of 3 properties",
                        "FAILED gradients at 1 of 2 places: T=2",
                        "1 of 2 arrays wrong: W_x (5 of 5); the rest within 1.0e-09",
                        "W_x[4] error 5.00e-01" + numbers,
                        "W_x[3] error 4.00e-01" + numbers,
                        "W_x[2] error 3.00e-01" + numbers,
                        "FAILED halves at 4 of 4 places: T=3; T=4; T=5; …",
                        "largest difference 5.0e-01",
                        "ok rows 1.0e-09 at the worst of 4");
    }

    @Test
    void onlyWrongArraysAreShownTheirWorstElementsFirstAndEachOnce() {
        CheckReport report = new CheckReport("CellCheck", "lstm");
        report.addGradients("T=1", "", gradients(List.of(), array("W_x", 0), array("b", 0)), TOLERANCE);
        report.addGradients("T=2", "", gradients(List.of("b: changed"), array("W_x", 5), array("b", 0)), TOLERANCE);
        report.addGradients("T=5", "", gradients(List.of("b: changed"), array("W_x", 5), array("b", 1)), TOLERANCE);

        String numbers = " backward 1.000000000e+00 differences 1.000000000e+00";
        assertThat(rows(report))
                .containsExactly(
                        "CellCheck of lstm: FAILED, 2 of 3 properties",
                        "FAILED T=2 1 of 2 arrays wrong: W_x (5 of 5); the rest within 1.0e-09",
                        "W_x[4] error 5.00e-01" + numbers,
                        "W_x[3] error 4.00e-01" + numbers,
                        "W_x[2] error 3.00e-01" + numbers,
                        "b: changed",
                        "FAILED T=5 2 of 2 arrays wrong: W_x (5 of 5), b (1 of 5)",
                        "b[0] error 1.00e-01" + numbers,
                        "ok T=1 1.0e-09");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-1 | of all wrong ones the ratio is -1: a sign?",
                "0 | of all wrong ones the ratio is 0: a path that is lost?",
                "2 | of all wrong ones the ratio is 2: a path that is counted twice?",
                "0.25 | of all wrong ones the ratio is 0.2500: a factor?"
            })
    void aFactorOfAllWrongElementsIsNamed(double factor, String hint) {
        Entry array = new Entry(
                "W",
                List.of(
                        new Element("W[0]", factor * 3, 3, 0.5),
                        new Element("W[1]", 1, 1, 1e-9),
                        new Element("W[2]", factor * 5, 5, 0.5)));
        Entry mixed = new Entry(
                "W", List.of(new Element("W[0]", factor * 3, 3, 0.5), new Element("W[2]", factor * 5 + 1, 5, 0.5)));
        Entry single = new Entry("W", List.of(new Element("W[0]", factor * 3, 3, 0.5)));
        CheckReport report = new CheckReport("CellCheck", "lstm");
        report.addGradients("gradients", "", gradients(List.of(), array), TOLERANCE);
        CheckReport without = new CheckReport("CellCheck", "lstm");
        without.addGradients("gradients", "", gradients(List.of(), mixed), TOLERANCE);
        CheckReport ofOne = new CheckReport("CellCheck", "lstm");
        ofOne.addGradients("gradients", "", gradients(List.of(), single), TOLERANCE);

        assertThat(rows(report)).contains(hint);
        assertThat(without.toString()).doesNotContain("ratio");
        assertThat(ofOne.toString()).doesNotContain("ratio");
    }

    @Test
    void whatIsThrownIsAFailedRowWithItsPlace() {
        CheckReport report = new CheckReport("CellCheck", "lstm");
        report.addException("engine", "");
        report.addException("plain loop", "java.lang.IllegalStateException: odd");

        assertThat(rows(report))
                .containsExactly(
                        "CellCheck of lstm: FAILED, 1 of 1 properties",
                        "FAILED nothing is thrown at 1 of 2 places: plain loop",
                        "java.lang.IllegalStateException: odd");
    }

    @Test
    void numbersOfAnotherCountOrNoNumbersAreNotEqual() {
        CheckReport report = new CheckReport("CellCheck", "lstm");
        report.compare("count", "", new double[] {1, 2}, new double[] {1}, TOLERANCE);
        report.compare("NaN", "", new double[] {1}, new double[] {Double.NaN}, TOLERANCE);
        report.compare("equal", "", new double[] {1}, new double[] {1}, 0);

        assertThat(report.lines()).extracting(CheckReport.Line::passed).containsExactly(false, false, true);
    }

    @Test
    void whatIsNoNumberIsWorst() {
        Entry array =
                new Entry("W", List.of(new Element("W[0]", 1, 2, 0.5), new Element("W[1]", Double.NaN, 2, Double.NaN)));

        assertThat(array.error()).isNaN();
        assertThat(array.wrong(TOLERANCE)).extracting(Element::element).containsExactly("W[1]", "W[0]");
        assertThat(array.wrong(1)).extracting(Element::element).containsExactly("W[1]");
    }

    @Test
    void aReportOnNothingIsNoPass() {
        CheckReport report = new CheckReport("CellCheck", "lstm");
        assertThat(report.passed()).isFalse();

        report.addGradients("T=1", "", gradients(List.of()), TOLERANCE);

        assertThat(rows(report)).contains("FAILED T=1 nothing was compared");
    }

    @Test
    void aRightCellHasNothingButOks() {
        CheckReport report = CellCheck.check(() -> new RnnCell(2));

        assertThat(rows(report).get(0)).isEqualTo("CellCheck of rnn: passed");
        assertThat(rows(report).subList(1, rows(report).size())).isNotEmpty().allMatch(row -> row.startsWith("ok "));
    }

    /** The lines of a table, without what only aligns them. */
    private static List<String> rows(CheckReport report) {
        return report.toString()
                .lines()
                .map(line -> line.trim().replaceAll(" +", " "))
                .toList();
    }
}
