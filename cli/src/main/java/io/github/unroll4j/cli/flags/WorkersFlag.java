// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.flags;

import io.github.unroll4j.core.tensor.Workers;
import io.github.unroll4j.models.train.TrainerConfig;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * How many threads share the work.
 *
 * @since 0.1.0
 */
public final class WorkersFlag {
    @Option(
            names = "--workers",
            paramLabel = "K",
            converter = Numbers.Count.class,
            description = "threads at work; a new run cuts each batch into as many parts, and goes on in as many"
                    + " whatever K is then (default: one for each processor, as far as there is work)")
    private @Nullable Integer workers;

    /** Sets the number of threads of this process. */
    public void use() {
        if (workers != null) {
            Workers.setThreads(workers);
        }
    }

    /**
     * Training by so many workers.
     *
     * @param how how to train
     * @return the same with the number of workers, where one is given
     */
    public TrainerConfig applied(TrainerConfig how) {
        return workers == null ? how : how.workers(workers);
    }
}
