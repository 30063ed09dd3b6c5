// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples.flags;

import io.github.unroll4j.core.tensor.Backend;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** What every training run has: a seed, threads, a place for its files, a way to go on. */
public final class RunFlags {
    @Spec(Target.MIXEE)
    private CommandSpec command;

    @SuppressWarnings("unused") // for --help; FlagLayers has put its flags in its place before the parser sees it
    @Option(
            names = "--preset",
            paramLabel = "NAME",
            description =
                    "flags that suit a bundled text, listed below, in place of the defaults shown here; small unless --data is given")
    private @Nullable String preset;

    @Option(names = "--seed", paramLabel = "N", description = "of all randomness (default: ${DEFAULT-VALUE})")
    private long seed = 1;

    @Option(
            names = "--threads",
            paramLabel = "N",
            converter = Numbers.Count.class,
            description = "BLAS threads; more than one pays from about --hidden 512 on (default: ${DEFAULT-VALUE})")
    private int threads = 1;

    @Option(
            names = "--out",
            paramLabel = "FOLDER",
            description =
                    "for the model, the metrics and the picture (default: out/${COMMAND-NAME}, or where --resume is)")
    private @Nullable Path out;

    @Option(
            names = "--resume",
            paramLabel = "FILE",
            description = "go on where the run that saved this model.safetensors was, with its flags")
    private @Nullable Path resume;

    @Option(
            names = "--sample-every",
            paramLabel = "N",
            converter = Numbers.LongCountOrNone.class,
            description = "iterations from one sample to the next, 0 for one at the end (default: a fifth of the run)")
    private @Nullable Long sampleEvery;

    @Option(names = "--dry-run", description = "one iteration and one sample, to see that all fits; writes nothing")
    private boolean dryRun;

    @Option(names = "--quiet", description = "the result only")
    private boolean quiet;

    /** Sets the threads; refuses in one sentence where no backend is installed. */
    public void useThreads() {
        Backend.setThreads(threads);
    }

    /** The command these flags were given to. */
    public CommandSpec command() {
        return command;
    }

    /** The seed. */
    public long seed() {
        return seed;
    }

    /** The folder to write to. */
    public Path out() {
        return out != null ? out : Path.of("out", command.name());
    }

    /** The file to go on from; empty for a fresh start. */
    public Optional<Path> resume() {
        return Optional.ofNullable(resume);
    }

    /**
     * Iterations from one sample to the next.
     *
     * @param iterations length of the run
     * @return 1 or more
     */
    public long sampleEvery(long iterations) {
        long every = sampleEvery == null ? iterations / 5 : sampleEvery;
        return every == 0 ? Math.max(1, iterations) : every;
    }

    /** Whether to look only. */
    public boolean dryRun() {
        return dryRun;
    }

    /** Whether to print the result only. */
    public boolean quiet() {
        return quiet;
    }
}
