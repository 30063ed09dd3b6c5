// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli;

import io.github.unroll4j.cli.flags.Numbers;
import io.github.unroll4j.cli.flags.PlainFlag;
import io.github.unroll4j.cli.flags.SampleFlags;
import io.github.unroll4j.cli.run.BundledModels;
import io.github.unroll4j.cli.run.Failures;
import io.github.unroll4j.cli.run.SavedModel;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.models.lm.Generation;
import io.github.unroll4j.models.lm.LanguageModel;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lets a saved language model, of whatever cell, write. */
@Command(
        name = "generate",
        footer = {
            "",
            "For example:",
            "  ${ROOT-COMMAND-NAME} generate " + BundledModels.WRITES + " --prime \"The \"",
            "  ${ROOT-COMMAND-NAME} generate out/train-lm/best.safetensors --temperature 0 --length 200"
        },
        description = "Lets a saved language model write.")
final class Generate implements Callable<Integer> {
    @Spec
    private CommandSpec command;

    @Parameters(
            paramLabel = "MODEL",
            description =
                    "a model.safetensors of a run, or " + BundledModels.WRITES + ", which comes with the commands")
    private Path file;

    @Option(
            names = "--prime",
            paramLabel = "TEXT",
            description = "the beginning, for the model to go on from; may be given several times, for as many texts,"
                    + " written side by side")
    private List<String> primes = List.of("");

    @Option(
            names = "--length",
            paramLabel = "N",
            converter = Numbers.CountOrNone.class,
            description = "tokens to write at most (default: ${DEFAULT-VALUE})")
    private int length = 500;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "of the choices; of a second text one more, and so on (default: ${DEFAULT-VALUE})")
    private long seed = 1;

    @Option(
            names = "--stop",
            paramLabel = "TEXT",
            description =
                    "end before this text; may be given several times (default: <EOS> of words, none of characters)")
    private @Nullable List<String> stops;

    @Option(
            names = "--ban",
            paramLabel = "TOKEN",
            description = "never write this token; may be given several times, beside <UNK> and <SOS>")
    private List<String> banned = List.of();

    @Option(names = "--allow-unknown", description = "let a model over words write <UNK>")
    private boolean allowUnknown;

    @Mixin
    private SampleFlags sampling;

    @Mixin
    private PlainFlag runner;

    @Override
    public Integer call() {
        try (LanguageModel model = PlainFlag.inRunner(runner.plain(), BundledModels.languageModel(file))) {
            SavedModel saved = new SavedModel(model);
            String[] bans = saved.banned(banned, allowUnknown);
            if (stops != null) {
                stops.forEach(saved::requireStop);
            }
            List<Generation> requests = new ArrayList<>();
            List<Rng> rngs = new ArrayList<>();
            for (String prime : primes) {
                saved.requireKnown("--prime", prime);
                tellUnknown(saved, prime);
                Generation request =
                        Generation.of(prime, length, sampling.policy()).ban(bans);
                requests.add(stops == null ? request : request.stopAt(stops.toArray(String[]::new)));
                rngs.add(Rng.seeded(seed + rngs.size()));
            }
            List<String> written = model.generate(requests, rngs);
            PrintWriter out = command.commandLine().getOut();
            for (int i = 0; i < written.size(); i++) {
                out.println(saved.join(primes.get(i), written.get(i)));
            }
            return 0;
        }
    }

    private void tellUnknown(SavedModel saved, String prime) {
        List<String> unknown = saved.unknown(prime);
        if (!unknown.isEmpty()) {
            command.commandLine()
                    .getErr()
                    .println(Failures.shortened("--prime: the model does not know " + String.join(", ", unknown)
                            + " and reads <UNK> in place of each"));
        }
    }
}
