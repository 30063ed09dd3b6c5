// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli;

import io.github.unroll4j.cli.flags.DecodingFlags;
import io.github.unroll4j.cli.flags.PlainFlag;
import io.github.unroll4j.cli.flags.WorkersFlag;
import io.github.unroll4j.cli.run.BundledModels;
import io.github.unroll4j.cli.run.TranslationScores;
import io.github.unroll4j.models.seq2seq.Seq2Seq;
import io.github.unroll4j.text.ParallelText;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Measures how well a saved sequence-to-sequence model translates: perplexity, BLEU, exact matches. */
@Command(
        name = "evaluate-translation",
        footer = {
            "",
            "For example:",
            "  ${ROOT-COMMAND-NAME} evaluate-translation out/translate/best.safetensors test.de test.en",
            "  ${ROOT-COMMAND-NAME} evaluate-translation out/translate/best.safetensors test.de test.en --beam 10"
        },
        description = {
            "Measures how well a saved sequence-to-sequence model translates.",
            "test is the loss where each word is predicted after the true ones before it, own words where it is"
                    + " predicted after those that the model would have written; greedy and beam are BLEU and exact"
                    + " matches of what it writes."
        })
final class EvaluateTranslation implements Callable<Integer> {
    @Spec
    private CommandSpec command;

    @Parameters(
            index = "0",
            paramLabel = "MODEL",
            description =
                    "a model.safetensors of a run, or " + BundledModels.TRANSLATES + ", which comes with the commands")
    private Path file;

    @Parameters(index = "1", paramLabel = "SRC", description = "a UTF-8 file of lines to translate")
    private Path source;

    @Parameters(index = "2", paramLabel = "TRG", description = "their translations, line by line")
    private Path target;

    @Mixin
    private DecodingFlags decoding;

    @Mixin
    private WorkersFlag workers;

    @Mixin
    private PlainFlag runner;

    @Override
    public Integer call() {
        workers.use();
        ParallelText read = ParallelText.read(source, target);
        try (Seq2Seq model = PlainFlag.inRunner(runner.plain(), BundledModels.translator(file))) {
            ParallelText text = read.withTokens(model.source(), model.target());
            PrintWriter out = command.commandLine().getOut();
            TranslationScores.remarks(model, text).forEach((label, remark) -> print(out, label, remark));
            TranslationScores.of(model, text, decoding).forEach((label, figure) -> print(out, label, figure));
            return 0;
        }
    }

    private static void print(PrintWriter out, String label, String text) {
        out.printf(Locale.ROOT, "%-11s %s%n", label, text);
    }
}
