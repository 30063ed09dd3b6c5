// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli;

import io.github.unroll4j.cli.flags.DecodingFlags;
import io.github.unroll4j.cli.flags.LinesFlags;
import io.github.unroll4j.cli.flags.PlainFlag;
import io.github.unroll4j.cli.flags.WorkersFlag;
import io.github.unroll4j.cli.run.BundledModels;
import io.github.unroll4j.cli.run.Failures;
import io.github.unroll4j.cli.run.Outputs;
import io.github.unroll4j.cli.run.TranslationPrinter;
import io.github.unroll4j.models.decoding.Decoding;
import io.github.unroll4j.models.decoding.Translation;
import io.github.unroll4j.models.seq2seq.AttentionKind;
import io.github.unroll4j.models.seq2seq.Seq2Seq;
import io.github.unroll4j.models.seq2seq.Translator;
import io.github.unroll4j.text.TextFiles;
import io.github.unroll4j.text.WordVocabulary;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Translates lines with a saved sequence-to-sequence model, of whatever cell and attention. */
@Command(
        name = "translate-text",
        footer = {
            "",
            "For example:",
            "  ${ROOT-COMMAND-NAME} translate-text " + BundledModels.TRANSLATES + " --text \"5. März 2024\"",
            "  ${ROOT-COMMAND-NAME} translate-text out/translate/best.safetensors --text \"A sentence .\" --alignment text"
        },
        description = "Translates lines with a saved sequence-to-sequence model.")
final class TranslateText implements Callable<Integer> {
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private static final int MOST_LINES = 8 * Translator.BATCH;

    @Spec
    private CommandSpec command;

    @Parameters(
            paramLabel = "MODEL",
            description =
                    "a model.safetensors of a run, or " + BundledModels.TRANSLATES + ", which comes with the commands")
    private Path file;

    @Mixin
    private LinesFlags lines;

    @Mixin
    private DecodingFlags decoding;

    @Option(
            names = "--n-best",
            paramLabel = "N",
            description =
                    "print N translations of each line, or fewer where there are not as many, each after the number of"
                            + " its line and its score; at most --beam (default: the best one)")
    private @Nullable Integer nBest;

    @Option(
            names = "--alignment",
            paramLabel = "FORMAT",
            description = "print where the model looked for each word, too: ${COMPLETION-CANDIDATES}")
    private TranslationPrinter.@Nullable Format alignment;

    @Option(
            names = "--pictures",
            paramLabel = "FOLDER",
            description = "draw where it looked, a picture a line, into 1.png and so on")
    private @Nullable Path pictures;

    @Mixin
    private WorkersFlag workers;

    @Mixin
    private PlainFlag runner;

    @Override
    public Integer call() throws IOException {
        workers.use();
        Decoding search = decoding.beam();
        if (nBest != null && (nBest < 1 || nBest > search.beams())) {
            throw new IllegalArgumentException(
                    "--n-best: " + nBest + " of a beam of " + search.beams() + "; expected 1 to --beam");
        }
        if (pictures != null) {
            Outputs.requireFolder("--pictures", pictures);
        }
        try (Seq2Seq model = PlainFlag.inRunner(runner.plain(), BundledModels.translator(file));
                BufferedReader in = lines.open()) {
            Translator translator = new Translator(model, decoding.copyUnknown());
            boolean looks = alignment != null || pictures != null || decoding.copyUnknown();
            if (looks && model.config().attending() instanceof AttentionKind.None) {
                throw new IllegalArgumentException("--alignment, --pictures, --copy-unknown: the model in " + file
                        + " has no attention, so it looks nowhere");
            }
            TranslationPrinter printer =
                    new TranslationPrinter(command.commandLine().getOut(), model, alignment, pictures);
            Decoding how = search.nBest(nBest == null ? 1 : nBest);
            boolean first = true;
            for (List<String> some = next(in); !some.isEmpty(); some = next(in)) {
                if (first && some.get(0).startsWith(BYTE_ORDER_MARK)) {
                    some.set(0, some.get(0).substring(BYTE_ORDER_MARK.length()));
                }
                first = false;
                some.forEach(line -> tellUnknown(model.source(), line));
                List<List<Translation>> found = translator.nBest(some, how);
                for (int i = 0; i < some.size(); i++) {
                    printer.print(some.get(i), found.get(i), nBest != null);
                }
            }
            if (printer.undrawn() != null) {
                throw new IllegalStateException("--pictures: " + printer.undrawn());
            }
            return 0;
        }
    }

    /** Says which words of a line the model has never seen: it reads {@code <UNK>} instead. */
    private void tellUnknown(WordVocabulary known, String line) {
        List<String> words = known.tokenizer().tokenize(line);
        int[] ids = known.encode(line);
        List<String> unknown = IntStream.range(0, ids.length)
                .filter(i -> ids[i] == WordVocabulary.UNK_ID)
                .mapToObj(words::get)
                .toList();
        if (!unknown.isEmpty()) {
            command.commandLine()
                    .getErr()
                    .println(Failures.shortened(unknown.size() + " of " + words.size()
                            + " words are not in the vocabulary: " + String.join(" ", unknown)));
        }
    }

    /** The lines that are there, so many at most that those of like length fill batches; waits for the first. */
    private static List<String> next(BufferedReader in) throws IOException {
        List<String> some = new ArrayList<>();
        do {
            String line = line(in);
            if (line == null) {
                break;
            }
            some.add(line);
        } while (some.size() < MOST_LINES && in.ready());
        return some;
    }

    private static @Nullable String line(BufferedReader in) throws IOException {
        try {
            return TextFiles.nextLine(in);
        } catch (MalformedInputException e) {
            throw new IllegalArgumentException("the standard input is not UTF-8", e);
        }
    }
}
