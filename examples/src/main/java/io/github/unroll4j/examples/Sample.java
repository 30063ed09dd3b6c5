// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.examples.flags.Numbers;
import io.github.unroll4j.examples.flags.SampleFlags;
import io.github.unroll4j.models.lm.LanguageModel;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lets a saved language model, of whatever cell, write. */
@Command(name = "sample", description = "Lets a saved language model write.")
public final class Sample implements Callable<Integer> {
    @Spec
    private CommandSpec command;

    @Parameters(paramLabel = "MODEL", description = "a model.safetensors that an example has saved")
    private Path file;

    @Option(names = "--prime", paramLabel = "TEXT", description = "the beginning, for the model to go on from")
    private String prime = "";

    @Option(
            names = "--length",
            paramLabel = "N",
            converter = Numbers.CountOrNone.class,
            description = "tokens to write (default: ${DEFAULT-VALUE})")
    private int length = 500;

    @Option(names = "--seed", paramLabel = "N", description = "of the choices (default: ${DEFAULT-VALUE})")
    private long seed = 1;

    @Mixin
    private SampleFlags sampling;

    @Override
    public Integer call() {
        try (LanguageModel model = LanguageModel.load(file)) {
            String written = model.generate(prime, length, sampling.policy(), Rng.seeded(seed));
            command.commandLine().getOut().println(prime + written);
            return 0;
        }
    }
}
