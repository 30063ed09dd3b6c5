// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.flags;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.OptionSpec;

/** Every flag of a training is one that a file may say, one that names a file to read, or one that is forgotten. */
class FlagLayersTest {
    @Command(name = "lm")
    static class OfText {
        @Mixin
        CorpusFlags source;

        @Mixin
        ModelFlags sizes;

        @Mixin
        NetworkFlags network;

        @Mixin
        PlainFlag runner;

        @Mixin
        TrainFlags training;

        @Mixin
        RecipeFlags recipe;

        @Mixin
        StateFlags state;

        @Mixin
        SampleFlags sampling;

        @Mixin
        RunFlags flags;
    }

    @Command(name = "pairs")
    static class OfPairs {
        @Mixin
        ParallelFlags source;

        @Mixin
        SideFlags sizes;

        @Mixin
        Seq2SeqFlags network;

        @Mixin
        PairTrainFlags training;

        @Mixin
        RecipeFlags recipe;

        @Mixin
        DecodingFlags decoding;

        @Mixin
        RunFlags flags;
    }

    @Test
    void everyFlagIsOfOneKindAndFilesAreNeverTaken() {
        List<OptionSpec> options = Stream.of(new OfText(), new OfPairs())
                .flatMap(flags -> new CommandLine(flags).getCommandSpec().options().stream())
                .toList();
        assertThat(options).hasSizeGreaterThan(80);
        for (OptionSpec option : options) {
            String name = option.longestName();
            boolean file = option.type() == Path.class && !FlagLayers.FORGOTTEN.contains(name);
            assertThat(Inputs.isOne(name)).as(name).isEqualTo(file);
            assertThat(Stream.of(
                                    Inputs.isOne(name),
                                    FlagLayers.TAKEN.contains(name),
                                    FlagLayers.FORGOTTEN.contains(name))
                            .filter(is -> is))
                    .as(name)
                    .hasSize(1);
        }
    }
}
