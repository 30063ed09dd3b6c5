// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.flags;

import io.github.unroll4j.core.tensor.Backend;
import io.github.unroll4j.models.train.TrainerConfig;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/**
 * What every run has: a seed, threads, a place for its files.
 *
 * @since 0.1.0
 */
public class CommonFlags {
    @Spec(Target.MIXEE)
    private CommandSpec command;

    @SuppressWarnings("unused") // for --help; FlagLayers has put its flags in its place before the parser sees it
    @Option(
            names = "--preset",
            paramLabel = "NAME",
            description = "flags that suit each other, listed at the end of this help, each in place of a default")
    private @Nullable String preset;

    @Option(names = "--seed", paramLabel = "N", description = "of all randomness (default: ${DEFAULT-VALUE})")
    private long seed = 1;

    @Option(
            names = "--threads",
            paramLabel = "N",
            converter = Numbers.Count.class,
            description = "BLAS threads of each worker; more than one pays where a batch has too few rows for --workers"
                    + " (default: ${DEFAULT-VALUE})")
    private int threads = 1;

    @Mixin
    private WorkersFlag workers;

    @Option(
            names = "--out",
            paramLabel = "FOLDER",
            description = "for all files of the run (default: out/${COMMAND-NAME}, or where --resume is)")
    private @Nullable Path out;

    @Option(
            names = "--plot",
            paramLabel = "text",
            converter = TextOnly.class,
            description = "draws the losses and gradients in the terminal too")
    private @Nullable String plot;

    @Option(names = "--quiet", description = "the result only")
    private boolean quiet;

    /** Sets the threads; refuses in one sentence where no backend is installed. */
    public void useThreads() {
        Backend.setThreads(threads);
        workers.use();
    }

    /**
     * Training by as many workers as are asked for.
     *
     * @param how how to train
     * @return the same with their number, where one is given
     */
    public TrainerConfig withWorkers(TrainerConfig how) {
        return workers.applied(how);
    }

    /** {@return the command these flags were given to} */
    public CommandSpec command() {
        return command;
    }

    /** {@return the seed} */
    public long seed() {
        return seed;
    }

    /** {@return the folder to write to} */
    public Path out() {
        return out != null ? out : Path.of("out", command.name());
    }

    /** {@return whether pictures are drawn in the terminal too} */
    public boolean plotsText() {
        return plot != null;
    }

    /** {@return whether to print the result only} */
    public boolean quiet() {
        return quiet;
    }

    /** The one other way to draw. */
    static final class TextOnly implements CommandLine.ITypeConverter<String> {
        @Override
        public String convert(String value) {
            if (!value.equals("text")) {
                throw new CommandLine.TypeConversionException("expected text but was '" + value + "'");
            }
            return value;
        }
    }
}
