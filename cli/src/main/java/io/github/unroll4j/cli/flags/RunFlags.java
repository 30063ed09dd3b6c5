// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.flags;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * What every training run has: a way to go on, and samples on the way.
 *
 * @since 0.1.0
 */
public class RunFlags extends CommonFlags {
    @Option(
            names = "--resume",
            paramLabel = "FILE",
            description = "the model.safetensors of a run: go on where it was, with its flags")
    private @Nullable Path resume;

    @Option(
            names = "--sample-every",
            paramLabel = "N",
            converter = Numbers.LongCountOrNone.class,
            description = "iterations from one sample to the next, 0 for one at the end (default: a fifth of the run)")
    private @Nullable Long sampleEvery;

    @Option(names = "--dry-run", description = "one iteration and one sample, to see that all fits; writes nothing")
    private boolean dryRun;

    /** {@return the file to go on from; empty for a fresh start} */
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

    /** {@return whether to look only} */
    public boolean dryRun() {
        return dryRun;
    }
}
