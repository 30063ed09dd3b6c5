// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli;

import io.github.unroll4j.cli.run.FileReport;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says whether a file is sound, without building the model. */
@Command(
        name = "check",
        footer = {
            "",
            "For example:",
            "  ${ROOT-COMMAND-NAME} check out/train-lm/model.safetensors",
            "  ${ROOT-COMMAND-NAME} check model.safetensors"
        },
        description = "Says whether a file is sound and what is in it, without building the model; ends with 1 if not.")
final class Check implements Callable<Integer> {
    @Spec
    private CommandSpec command;

    @Parameters(paramLabel = "FILE", description = "a model.safetensors of a run, or any safetensors file")
    private Path file;

    @Override
    public Integer call() {
        PrintWriter out = command.commandLine().getOut();
        FileReport.of(file).forEach((label, what) -> out.printf(Locale.ROOT, "%-11s %s%n", label, what));
        return 0;
    }
}
