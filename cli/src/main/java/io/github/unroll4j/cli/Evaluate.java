// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli;

import io.github.unroll4j.cli.flags.PlainFlag;
import io.github.unroll4j.cli.flags.WorkersFlag;
import io.github.unroll4j.cli.run.BundledModels;
import io.github.unroll4j.cli.run.Outputs;
import io.github.unroll4j.cli.run.SavedModel;
import io.github.unroll4j.models.lm.LanguageModel;
import io.github.unroll4j.models.lm.Scores;
import io.github.unroll4j.text.TextFiles;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Measures how well a saved language model, of whatever cell, predicts a text. */
@Command(
        name = "evaluate",
        footer = {
            "",
            "For example:",
            "  ${ROOT-COMMAND-NAME} evaluate out/train-lm/best.safetensors other.txt",
            "  ${ROOT-COMMAND-NAME} evaluate out/train-lm/best.safetensors other.txt --tokens scores.tsv"
        },
        description = "Measures how well a saved language model predicts a text.")
final class Evaluate implements Callable<Integer> {
    @Spec
    private CommandSpec command;

    @Parameters(
            index = "0",
            paramLabel = "MODEL",
            description =
                    "a model.safetensors of a run, or " + BundledModels.WRITES + ", which comes with the commands")
    private Path file;

    @Parameters(index = "1", paramLabel = "FILE", description = "a UTF-8 text file")
    private Path text;

    @Option(
            names = "--end-of-line",
            description = "a token <EOS> at the end of each line, as train-lm --end-of-line has it")
    private boolean endOfLine;

    @Option(
            names = "--tokens",
            paramLabel = "FILE",
            description = "write a line for each token: the token, its id, ln p(token | all before); by tabs")
    private @Nullable Path tokens;

    @Mixin
    private WorkersFlag workers;

    @Mixin
    private PlainFlag runner;

    @Override
    public Integer call() {
        workers.use();
        if (tokens != null) {
            Outputs.requireFile("--tokens", tokens);
            Outputs.requireApart("--tokens", tokens, file, text);
        }
        try (LanguageModel model = PlainFlag.inRunner(runner.plain(), BundledModels.languageModel(file))) {
            SavedModel saved = new SavedModel(model);
            Scores scores = model.score(saved.encode(text.toString(), TextFiles.read(text), endOfLine));
            PrintWriter out = command.commandLine().getOut();
            out.println(saved.describe(scores));
            if (tokens != null) {
                saved.writeTokens(scores, tokens);
            }
            return 0;
        }
    }
}
