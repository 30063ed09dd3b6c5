// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs the nine notebook programs on the bundled story, and prints their figures beside those of the notebooks. */
public final class Notebooks {
    private static final Pattern FIGURE = Pattern.compile("loss ([0-9.]+)");
    private static final double LAST_DIGIT = 1.5e-4; // four decimals are printed, and another BLAS rounds otherwise

    /** What a notebook, run on this story, prints as the smoothed or mean loss after so many iterations. */
    record Figure(Program program, int iterations, double printed) {}

    static final List<Figure> NINE = List.of(
            new Figure(CharRnn.PROGRAM, 1501, 57.4867),
            new Figure(CharLstm.PROGRAM, 1501, 68.4943),
            new Figure(CharGru.PROGRAM, 1501, 57.7271),
            new Figure(WordRnn.PROGRAM, 1501, 44.4991),
            new Figure(WordLstm.PROGRAM, 501, 105.0659), // later the last bit of a sum is seen here
            new Figure(WordGru.PROGRAM, 1501, 43.5814),
            new Figure(EncoderDecoder.PROGRAM, 1500, 8.0603),
            new Figure(Bahdanau.PROGRAM, 1500, 0.2320),
            new Figure(Luong.PROGRAM, 1500, 0.1755));

    static final Program PROGRAM = Program.of(
            "notebooks",
            "Runs the nine notebook programs and prints their figures beside those of the notebooks on the same story.",
            42,
            Notebooks::run);

    static void run(Example example) {
        example.say("%-16s %10s  %10s  %10s", "program", "iterations", "notebook", "here");
        int same = 0;
        for (Figure figure : NINE) {
            String name = figure.program.name();
            StringWriter printed = new StringWriter();
            int exitCode = figure.program.run(
                    new PrintWriter(printed),
                    new PrintWriter(printed),
                    "--iterations=" + figure.iterations,
                    "--seed=" + example.seed(),
                    "--out=" + Path.of(example.value("out"), name));
            Matcher losses = FIGURE.matcher(printed.toString());
            double found = losses.results()
                    .mapToDouble(loss -> Double.parseDouble(loss.group(1)))
                    .reduce(Double.NaN, (a, b) -> b);
            if (exitCode != 0) {
                throw new IllegalStateException(name + " ended with " + exitCode + ": " + printed);
            }
            boolean agrees = Math.abs(found - figure.printed) < LAST_DIGIT;
            same += agrees ? 1 : 0;
            String row = "%-16s %10d  %10.4f  %10.4f  %s";
            example.say(row, name, figure.iterations, figure.printed, found, agrees ? "the same" : "differs");
        }
        example.say("%n%d of %d agree; the notebooks' figures are those of seed 42", same, NINE.size());
    }

    /** Runs it; {@code --help} names the flags. */
    public static void main(String... args) {
        PROGRAM.start(args);
    }
}
