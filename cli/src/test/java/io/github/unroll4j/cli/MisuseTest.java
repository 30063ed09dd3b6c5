// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.models.lm.LanguageModel;
import io.github.unroll4j.models.lm.LanguageModelConfig;
import io.github.unroll4j.text.CharVocabulary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every mistake gets one sentence, an exit code, and costs nothing that was there before. */
class MisuseTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "train-lm --hiden 5               | there is no --hiden; did you mean --hidden?",
                "train-lm stray                   | stray is one argument too many",
                "train-lm --hidden 0              | '--hidden': '0' is not a whole number from 1 to 20000",
                "train-lm --hidden many           | '--hidden': 'many' is not a whole number from 1 to 20000",
                "train-lm --hidden 20001          | '--hidden': '20001' is not a whole number from 1 to 20000",
                "train-lm --layers 101            | '--layers': '101' is not a whole number from 1 to 100",
                "train-lm --embed -1              | '--embed': '-1' is not a whole number from 0 to 20000",
                "train-lm --hidden                | Missing required parameter for option '--hidden'",
                "train-lm --hidden 3 --hidden 4   | '--hidden' (H) should be specified only once",
                "train-lm --layers -1             | '-1' is not a whole number from 1 to 100",
                "train-lm --lr NaN                | '--lr': 'NaN' is not a number of 0 or more",
                "train-lm --clip-norm 0           | '--clip-norm': '0' is not a number above 0",
                "train-lm --epochs 0              | '--epochs': '0' is not a number above 0",
                "train-lm --temperature -1        | '--temperature': '-1' is not a number of 0 or more",
                "train-lm --top-p 1.5             | '--top-p': '1.5' is not a number above 0 and at most 1",
                "train-lm --top-k -2              | '--top-k': '-2' is not a whole number of 0 or more",
                "train-lm --iterations 3 --epochs 1       | --iterations=N, --epochs=X are mutually exclusive",
                "train-lm --clip-norm 3 --clip-value 1    | are mutually exclusive",
                "train-lm --text crow --data x            | are mutually exclusive",
                "train-lm --dtype half            | '--dtype': expected one of [FLOAT, DOUBLE]",
                "train-lm --optimizer lion        | '--optimizer': expected one of [sgd, adam, lazy-adam, adamw,",
                "train-lm --text raven            | '--text': expected one of [CROW, LIGHTHOUSE]",
                "train-lm --preset huge           | '--preset': expected one of [char-rnn, small, tiny, zaremba-small] but was 'huge'",
                "train-lm --preset                | Missing required parameter for option '--preset'",
                "train-lm --resume                | Missing required parameter for option '--resume'",
                "train-l                          | there is no train-l; did you mean train-lm",
                "train-lm --cell transformer      | '--cell': expected one of [",
                "train-lm --init uniform          | '--init': 'uniform' is neither uniform:X nor normal:X nor papers-2014",
                "train-lm --init uniform:no       | '--init': 'no' is not a number above 0",
                "train-lm --reduction max         | '--reduction': expected one of [sum, mean, batch-mean] but was 'max'",
                "train-lm --dropout 1             | '--dropout': '1' is not a number of 0 or more and below 1",
                "train-lm --lr-decay-after 4      | --lr-decay=X",
                "train-lm --valid v               | --train=FILE",
                "train-lm --train a --data b      | train-lm: --train=a and --data=b are mutually exclusive (see",
                "train-lm --held-out 0.9          | '--held-out': '0.9' is not a number from 0 to 0.5",
                "train-lm --tokenizer bpe         | '--tokenizer': expected one of [CHARACTERS, WHITESPACE, WHITESPACE_WITH_SPECIALS, WORDS, NOTEBOOK]",
                "translate --src a               | Missing required argument(s): --trg=FILE",
                "translate --src a --trg b --test-src c | Missing required argument(s): --test-trg=FILE",
                "translate --valid-src a --valid-trg b  | Missing required argument(s): ",
                "translate --attention=cosine     | '--attention': expected one of [NONE, ADDITIVE, DOT, GENERAL, CONCAT, LOCATION]",
                "translate --scheduled-sampling 0 | '--scheduled-sampling': '0' is not a number of 1 or more",
                "translate --teacher-forcing 1.5  | '--teacher-forcing': '1.5' is not a number from 0 to 1",
                "translate --patience 0           | '--patience': '0' is not a whole number of 1 or more",
                "translate-text                   | Missing required parameter: 'MODEL'",
                "translate-text model --text a --input b  | are mutually exclusive",
                "evaluate-translation model a     | Missing required parameter: 'TRG'",
                "generate                         | Missing required parameter: 'MODEL'",
                "generate model --length -1       | '--length': '-1' is not a whole number of 0 or more",
                "evaluate model                   | Missing required parameter: 'FILE'",
            })
    void aWrongFlagIsRefused(String command, String sentence) {
        assertRefused(2, sentence, Ran.of(command.split(" ", -1)));
    }

    @Test
    void aWrongTextIsRefused() throws IOException {
        Path empty = Files.writeString(folder.resolve("empty.txt"), "");
        Path line = Files.writeString(folder.resolve("line.txt"), "too short");
        Path latin = Files.write(folder.resolve("latin.txt"), new byte[] {'a', (byte) 0xE4, 'b'});
        Path none = folder.resolve("none.txt");
        assertRefused(1, none + " does not exist", Ran.of("train-lm", "--data", none.toString()));
        assertRefused(1, folder + " is a folder", Ran.of("train-lm", "--data", folder.toString()));
        assertRefused(1, empty + " is empty", Ran.of("train-lm", "--data", empty.toString()));
        assertRefused(1, latin + " is not UTF-8", Ran.of("train-lm", "--data", latin.toString()));
        String tooShort =
                "train-lm: the text to train on has %d tokens, and --batch 50 streams of --seq-len 50 need at least"
                        + " 2501; use a longer text, or a smaller --batch or --seq-len";
        assertRefused(1, tooShort.formatted(8), Ran.of("train-lm", "--data", line.toString())); // a tenth is held out
        assertRefused(1, tooShort.formatted(9), Ran.of("train-lm", "--state=reset", "--train", line.toString()));
        assertRefused(1, "--min-count is about words", Ran.of("train-lm", "--min-count=2", "--preset=tiny"));
        assertRefused(1, "--end-of-line is about words", Ran.of("train-lm", "--preset=tiny", "--end-of-line"));
    }

    @Test
    void wrongPairsAreRefused() throws IOException {
        Path two = Files.writeString(folder.resolve("two"), "eins\nzwei\n");
        Path three = Files.writeString(folder.resolve("three"), "one\ntwo\nthree\n");
        Path empty = Files.writeString(folder.resolve("empty"), "");
        Path blank = Files.writeString(folder.resolve("blank"), "\n \n");
        Path latin = Files.write(folder.resolve("latin"), new byte[] {'a', (byte) 0xE4, 'b'});
        assertRefused(1, three + " has 3 lines and " + two + " has 2", pairs(three, two));
        assertRefused(1, empty + " is empty", pairs(empty, two));
        assertRefused(1, "of the 2 lines of " + blank + " and " + two + " none has words on both", pairs(blank, two));
        assertRefused(1, latin + " is not UTF-8", pairs(two, latin));
        assertRefused(1, folder + " is a folder", pairs(two, folder));
        assertRefused(1, "none does not exist", pairs(folder.resolve("none"), two));
        assertRefused(
                1,
                "no word occurs at least 5 times",
                Ran.of("translate", "--src=" + two, "--trg=" + two, "--min-count=5", "--dry-run"));
    }

    private static Ran pairs(Path source, Path target) {
        return Ran.of("translate", "--src", source.toString(), "--trg", target.toString());
    }

    @Test
    void aModelThatCannotBeBuiltIsRefused() {
        assertRefused(1, "are about --attention a score of Luong, not ADDITIVE", Ran.of("translate", "--focus=global"));
        assertRefused(1, "--summary is about --attention NONE, not ADDITIVE", Ran.of("translate", "--summary"));
        assertRefused(1, "--maxout is about", Ran.of("translate", "--attention=dot", "--maxout=4"));
        assertRefused(1, "an identity needs equal sizes", Ran.of("translate", "--bridge=identity", "--bidirectional"));
        assertRefused(1, "tied", Ran.of("train-lm", "--preset=tiny", "--tied", "--embed=5"));
        assertRefused(1, "residual", Ran.of("train-lm", "--preset=tiny", "--residual"));
        assertRefused(1, "embeddingDropout", Ran.of("train-lm", "--preset=tiny", "--embedding-dropout=0.1"));
    }

    @Test
    void aFolderThatAnotherRunIsWritingToIsRefused() throws IOException, InterruptedException {
        Path out = folder.resolve("out");
        Process process = Ran.start(
                Ran.classPath(), "train-lm", "--preset=tiny", "--iterations=1000000", "--out", out.toString());
        Ran.errUntil(process, "total");
        Ran.errUntil(process, "epoch");
        Ran second = Ran.of("translate", "--preset=tiny", "--out", out.toString());
        assertRefused(1, "another run (train-lm, process " + process.pid() + ") is writing to " + out, second);
        Files.delete(out.resolve(".lock"));
        Ran walked = Ran.of("translate", "--preset=tiny", "--out", out.toString());
        assertRefused(1, ") is writing to " + out, walked); // the run puts its .lock back when it saves next
        process.destroyForcibly().waitFor();
        assertThat(Ran.of("translate", "--preset=tiny", "--hidden=4", "--iterations=2", "--out", out.toString())
                        .exitCode())
                .as("the lock goes with the process")
                .isZero();
    }

    @Test
    void aFolderThatCannotBeWrittenIsRefusedBeforeTraining() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "precious");
        Ran there = Ran.of("train-lm", "--preset=tiny", "--out", file.toString());
        assertRefused(1, "--out: " + file + " is a file, expected a folder", there);
        assertThat(there.err()).doesNotContain("epoch");
        Ran below =
                Ran.of("train-lm", "--preset=tiny", "--out", file.resolve("out").toString());
        assertRefused(1, "--out: ", below);
        assertThat(file).hasContent("precious");
    }

    @Test
    void aModelThatIsMissingOrDamagedIsRefused() throws IOException {
        Path model = trained();
        byte[] bytes = Files.readAllBytes(model);
        bytes[bytes.length - 9] ^= 1;
        Path damaged = Files.write(folder.resolve("damaged.safetensors"), bytes);
        Path none = folder.resolve("none.safetensors");
        for (List<String> command : List.of(List.of("train-lm", "--resume"), List.of("generate"))) {
            assertRefused(1, none + ": there is no such file", run(command, none));
            assertRefused(1, damaged + ": not a checkpoint: its content does not match", run(command, damaged));
        }
    }

    private static Ran run(List<String> command, Path file) {
        return Ran.of(
                Stream.concat(command.stream(), Stream.of(file.toString())).toArray(String[]::new));
    }

    @Test
    void aModelAloneIsNoRunToGoOnWith() {
        Path run = trained();
        Path best = run.resolveSibling("best.safetensors");
        try (LanguageModel model =
                LanguageModel.create(CharVocabulary.of("abc"), new LanguageModelConfig("rnn", 4), Rng.seeded(1))) {
            model.save(best);
        }
        String sentence = "--resume: " + best + " holds no state of a training run, only a model; go on from ";
        assertRefused(1, sentence + run + ", which has both", resume(best));
        assertThat(run.toFile().delete()).isTrue();
        assertRefused(1, sentence + "the model.safetensors of a run", resume(best));
    }

    @Test
    void aRunThatDoesNotFitItsFlagsIsRefusedAndKept() throws IOException {
        Path model = trained();
        byte[] before = Files.readAllBytes(model);
        assertRefused(1, "has done 20 iterations already, and the flags ask for 20 in all", resume(model));
        assertRefused(
                1, "holds a model of lstm 8 x 1 in FLOAT, the flags ask for lstm 9 x 1", resume(model, "--hidden=9"));
        assertRefused(1, "id 3 is ',' (U+002C COMMA) here and '\"'", resume(model, "--text=crow"));
        assertRefused(
                1,
                "--resume: the run in " + model + " was begun with --batch 8, which cannot change on the way; leave out"
                        + " --batch 3",
                resume(model, "--batch=3", "--iterations=30"));
        assertRefused(
                1,
                "was begun with --optimizer adam, which cannot change on the way; leave out --optimizer sgd",
                resume(model, "--optimizer=sgd", "--iterations=30"));
        assertThat(model).hasBinaryContent(before);
    }

    @Test
    void aRunIsNotResumedOnAnotherTextOfTheSameCharacters() throws IOException {
        Path text = Files.writeString(folder.resolve("text"), "abc cba ".repeat(100));
        Path other = Files.writeString(folder.resolve("other"), "abc bca ".repeat(100));
        Path out = folder.resolve("out");
        String[] flags = {"train-lm", "--preset=tiny", "--hidden=8", "--iterations=20", "--out=" + out, "--data=" + text
        };
        assertThat(Ran.of(flags).exitCode()).isZero();
        Path model = out.resolve("model.safetensors");
        assertRefused(
                1, "was trained on another text than " + other, resume(model, "--data=" + other, "--iterations=30"));
        assertThat(resume(model, "--data=" + text, "--iterations=30").exitCode())
                .isZero();
    }

    @Test
    void aCharacterThatTheModelDoesNotKnowIsNamed() throws IOException {
        Path model = trained();
        assertRefused(
                1,
                "--prime: 'é' (U+00E9) is not among the 53 characters that the model was trained on: \\n !",
                Ran.of("generate", model.toString(), "--prime", "Café"));
        assertRefused(1, "--stop: '~' (U+007E) is not among", Ran.of("generate", model.toString(), "--stop", "~"));
        Path words = folder.resolve("words");
        String[] flags = {
            "train-lm",
            "--preset=tiny",
            "--tokenizer=notebook",
            "--min-count=2",
            "--hidden=4",
            "--iterations=2",
            "--out=" + words
        };
        assertThat(Ran.of(flags).exitCode()).isZero();
        String wordModel = words.resolve("model.safetensors").toString();
        assertRefused(
                1, "--stop: 'zebra' is not among the 365 words", Ran.of("generate", wordModel, "--stop=the zebra"));
        assertRefused(1, "--stop: ' ' has no word in it", Ran.of("generate", wordModel, "--stop= "));
        assertRefused(1, "--ban: 'ab' is not among the 53", Ran.of("generate", model.toString(), "--ban", "ab"));
        Path text = Files.writeString(folder.resolve("text"), "naïve");
        assertRefused(1, text + ": 'ï' (U+00EF) is not among", Ran.of("evaluate", model.toString(), text.toString()));
        for (Path input : List.of(model, text)) { // under another name too
            byte[] before = Files.readAllBytes(input);
            Path sameByLink = Files.createSymbolicLink(folder.resolve("link to " + input.getFileName()), input);
            for (Path output : List.of(input, sameByLink)) {
                assertRefused(
                        1,
                        "--tokens: " + output + " is " + input + ", which is read, and would be lost",
                        Ran.of("evaluate", model.toString(), text.toString(), "--tokens=" + output));
            }
            assertThat(Files.readAllBytes(input)).isEqualTo(before);
        }
        assertRefused(2, text + " is one argument too many", Ran.of("generate", model.toString(), text.toString()));
        assertRefused(2, "'1f' is not a number of 0 or more", Ran.of("generate", model.toString(), "--temperature=1f"));
        Path one = Files.writeString(folder.resolve("one"), "a");
        assertRefused(1, one + " has 1 tokens", Ran.of("evaluate", model.toString(), one.toString()));
    }

    @Test
    void aMetricsFileThatIsNoneIsNotOverwritten() throws IOException {
        Path model = trained();
        Path metrics = Files.writeString(folder.resolve("metrics.csv"), "my own\nnotes\n");
        assertRefused(1, metrics + ": line 2 is not one of a metrics file", resume(model, "--iterations=30"));
        assertThat(metrics).hasContent("my own\nnotes\n");
    }

    @Test
    void aMissingBackendIsNamedWithItsDependency() throws IOException, InterruptedException {
        List<String> without = Ran.classPath().stream()
                .filter(entry -> !entry.contains("nd4j-native"))
                .toList();
        assertThat(without).hasSizeLessThan(Ran.classPath().size());
        Process process = Ran.start(
                without,
                "train-lm",
                "--preset=tiny",
                "--out",
                folder.resolve("out").toString());
        String err = Ran.errUntil(process, "never printed");
        assertRefused(1, "add the dependency io.github.unroll4j:unroll4j-starter", new Ran(process.waitFor(), "", err));
        assertThat(folder).isEmptyDirectory();
    }

    private Path trained() {
        Ran ran = Ran.of("train-lm", "--preset=tiny", "--hidden=8", "--iterations=20", "--out", folder.toString());
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        return folder.resolve("model.safetensors");
    }

    private static Ran resume(Path model, String... flags) {
        String[] command = {"train-lm", "--resume", model.toString()};
        return Ran.of(Stream.concat(Stream.of(command), Stream.of(flags)).toArray(String[]::new));
    }

    private static void assertRefused(int exitCode, String sentence, Ran ran) {
        assertThat(ran.exitCode()).as(ran.err()).isEqualTo(exitCode);
        List<String> lines = ran.err().lines().toList();
        assertThat(lines.get(lines.size() - 1)).as(ran.err()).contains(sentence);
        assertThat(ran.err()).doesNotContain("\tat ");
        assertThat(ran.out()).isEmpty();
    }
}
