// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.unroll4j.cli.flags.FlagLayers;
import io.github.unroll4j.core.checkpoint.Checkpoint;
import io.github.unroll4j.core.checkpoint.CheckpointException;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.lm.LanguageModel;
import io.github.unroll4j.models.lm.LanguageModelConfig;
import io.github.unroll4j.models.lm.LanguageModelObjective;
import io.github.unroll4j.models.train.Trainer;
import io.github.unroll4j.models.train.TrainerConfig;
import io.github.unroll4j.optim.Adam;
import io.github.unroll4j.optim.Reduction;
import io.github.unroll4j.optim.Schedule;
import io.github.unroll4j.text.CharVocabulary;
import io.github.unroll4j.text.Tokenizer;
import io.github.unroll4j.text.Tokenizers;
import io.github.unroll4j.text.Vocabulary;
import io.github.unroll4j.text.Windows;
import io.github.unroll4j.text.WordVectors;
import io.github.unroll4j.text.WordVocabulary;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/**
 * What reads bytes or text from outside: each takes any input, and answers with a result that is sound or with the
 * exception that it promises, one line long. Everything else that is thrown, and every result that is not sound, is a
 * finding.
 */
enum FuzzTarget {
    /** A file of any bytes loads, or is refused; what was loaded saves and loads the same. */
    CHECKPOINT {
        @Override
        void run(byte[] input) throws IOException {
            try {
                Checkpoint loaded = Checkpoint.load(file(input));
                Map<String, String> metadata = loaded.metadata();
                loaded.save(FILE);
                require(Checkpoint.load(FILE).metadata().equals(metadata), "the metadata changed");
                require(Checkpoint.load(FILE).names().equals(loaded.names()), "the names changed");
            } catch (CheckpointException e) {
                sentence(e);
            }
        }

        @Override
        List<byte[]> seeds() throws IOException {
            Checkpoint.builder()
                    .put("a", new int[] {1, 2})
                    .put("b", new long[] {3})
                    .put("c", new byte[] {4})
                    .metadata("k", "v")
                    .build()
                    .save(FILE);
            byte[] whole = Files.readAllBytes(FILE);
            Saved.STATE.save(FILE);
            byte[] state = Files.readAllBytes(FILE);
            return List.of(whole, state);
        }
    },

    /**
     * The state of a run whose arrays, shapes, names and texts were changed, with a checksum that is right: it goes on,
     * or is refused.
     */
    RUN_STATE {
        @Override
        void run(byte[] input) {
            Checkpoint edited;
            try {
                edited = edit(Saved.STATE, ByteBuffer.wrap(input));
            } catch (IllegalArgumentException e) {
                return; // an edit that the builder refuses never reaches a file
            }
            try (LanguageModel model = LanguageModel.read(edited)) {
                Saved.trainer(model).restore(edited);
                edited.rng("unroll4j.sampling");
            } catch (CheckpointException e) { // the one exception for a bad file
                sentence(e);
            }
        }

        @Override
        List<byte[]> seeds() {
            List<byte[]> seeds = new ArrayList<>();
            for (int entry = 0; entry < Saved.STATE.names().size(); entry++) {
                seeds.add(new byte[] {0, (byte) entry, 1, 0, 0x7f, (byte) 0xf0, 0, 0, 0, 0, 0, 0});
            }
            Saved.STATE.metadata().values().forEach(text -> seeds.add(("\1\0\2\0" + text).getBytes(UTF_8)));
            return seeds;
        }
    },

    /** Any text splits into words that are not empty, and what is promised to come back from ids comes back. */
    TOKENIZERS {
        @Override
        void run(byte[] input) {
            String text = (input.length & 1) == 0 ? new String(input, UTF_8) : halves(input);
            try {
                split(text);
            } catch (IllegalArgumentException e) { // half a surrogate pair
                require(!UTF_8.newEncoder().canEncode(text), "well-formed text to be taken");
                sentence(e);
            }
        }

        private void split(String text) {
            for (Tokenizer tokenizer : List.of(
                    Tokenizers.WHITESPACE, Tokenizers.NOTEBOOK, Tokenizers.UNICODE_WORDS, Tokenizers.CODE_POINTS)) {
                List<String> words = tokenizer.tokenize(text);
                require(words.stream().noneMatch(String::isEmpty), "an empty word");
                if (words.isEmpty()) {
                    continue; // no words, no vocabulary
                }
                WordVocabulary vocabulary = WordVocabulary.of(tokenizer, List.of(text), 1, WordVocabulary.UNLIMITED);
                int[] ids = vocabulary.encode(text);
                require(ids.length == words.size(), "an id for each word");
                round(vocabulary);
                vocabulary.decode(ids);
            }
            if (!text.isEmpty()) {
                CharVocabulary characters = CharVocabulary.of(text);
                require(characters.decode(characters.encode(text)).equals(text), "characters that come back");
                round(characters);
            }
        }

        private void round(Vocabulary vocabulary) {
            Vocabulary again = Vocabulary.of(vocabulary.splitting(), vocabulary.tokens());
            require(again.tokens().equals(vocabulary.tokens()), "a vocabulary that comes back");
        }

        /** Each two bytes a char, so that halves of surrogate pairs stand alone. */
        private String halves(byte[] input) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i + 1 < input.length; i += 2) {
                text.append((char) (((input[i] & 255) << 8) | (input[i + 1] & 255)));
            }
            return text.toString();
        }

        @Override
        List<byte[]> seeds() {
            return List.of(
                    "The fox, it's 3.14 <UNK> <EOS>!\r\n\u00a0caf\u00e9 \ud83d\ude42\u200d\ud83d\udd25".getBytes(UTF_8),
                    new byte[] {(byte) 0xd8, 0x3d, 0, 'a', (byte) 0xde, 0x42, 0});
        }
    },

    /** A file of word vectors is read, or refused with the place. */
    VECTORS {
        @Override
        void run(byte[] input) throws IOException {
            try {
                WordVectors vectors = WordVectors.read(file(input), Saved.WORDS);
                require(vectors.found() <= Saved.WORDS.size() && vectors.size() >= 1, "more vectors than words");
            } catch (IllegalArgumentException e) {
                sentence(e);
            }
        }

        @Override
        List<byte[]> seeds() {
            return List.of("2 3\nthe 1 -2.5 3e-4\nfox 0 .5 1e38\n".getBytes(UTF_8), "the 1 2\nfox 3 4".getBytes(UTF_8));
        }
    },

    /** Arguments, and flags that a file remembers: parsed, or refused. */
    FLAGS {
        @Override
        void run(byte[] input) {
            CommandLine commands = Saved.COMMANDS;
            boolean saved = input.length > 0 && input[0] == '[';
            List<String> given = List.of(new String(input, UTF_8).split("\0", -1));
            try {
                String name = saved || given.isEmpty() ? "train-lm" : given.get(0);
                CommandLine command = commands.getSubcommands().get(name);
                if (command == null) {
                    return;
                }
                List<String> arguments = given.subList(saved ? 0 : 1, given.size());
                if (saved) {
                    Checkpoint.builder()
                            .metadata("unroll4j.command", "train-lm")
                            .metadata("unroll4j.flags", new String(input, UTF_8))
                            .build()
                            .save(FILE);
                    arguments = List.of("--resume=" + FILE);
                } else if (arguments.stream().anyMatch(a -> a.startsWith("@") || a.contains("resume"))) {
                    return; // files of this machine are no input
                }
                List<String> complete = new ArrayList<>(FlagLayers.complete(command, arguments));
                complete.add(0, name);
                commands.parseArgs(complete.toArray(String[]::new));
            } catch (ParameterException e) {
                require(e.getMessage() != null, "a refusal without words");
            } catch (CheckpointException e) {
                require(saved, "arguments that are no file to be refused as such");
                sentence(e);
            } catch (IllegalArgumentException e) {
                require(!saved, "a CheckpointException for what a file says");
                sentence(e);
            }
        }

        @Override
        List<byte[]> seeds() {
            return List.of(
                    "train-lm\0--cell=lstm\0--hidden\08\0--iterations=1e3\0--clip-norm=5".getBytes(UTF_8),
                    "translate\0--preset=tiny\0--beam=5".getBytes(UTF_8),
                    "generate\0m.safetensors\0--temperature=0.8\0--prime=The ".getBytes(UTF_8),
                    "[\"--cell=lstm\",\"--hidden=8\",\"--learning-rate=1e-3\"]".getBytes(UTF_8));
        }
    };

    private static final Path FILE = temporary();

    /** Takes any input; throws what it finds. */
    abstract void run(byte[] input) throws IOException;

    /** Inputs to begin with. */
    abstract List<byte[]> seeds() throws IOException;

    private static Path temporary() {
        try {
            Path file = Files.createTempFile("fuzz", ".safetensors");
            file.toFile().deleteOnExit();
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path file(byte[] input) throws IOException {
        return Files.write(FILE, input);
    }

    static void require(boolean sound, String what) {
        if (!sound) {
            throw new AssertionError("expected " + what);
        }
    }

    /** A refusal has one sentence. */
    static void sentence(RuntimeException e) {
        String message = e.getMessage();
        require(message != null && !message.contains("\n") && message.length() > 20, "a sentence, found " + message);
    }

    /** What inputs are read against: the state of a small run, words, commands. */
    private static final class Saved {
        private static final PrintWriter NOWHERE = new PrintWriter(new StringWriter());
        /** Each parse begins with the defaults. */
        static final CommandLine COMMANDS = Main.commands(NOWHERE, NOWHERE);

        static final Vocabulary WORDS =
                WordVocabulary.ofTokens(Tokenizers.WHITESPACE, List.of("<SOS>", "<EOS>", "<UNK>", "the", "fox"));
        private static final CharVocabulary LETTERS = CharVocabulary.of("abc");
        static final Checkpoint STATE = state();

        private Saved() {}

        private static Checkpoint state() {
            LanguageModelConfig config = new LanguageModelConfig("rnn", 2, 1, Dtype.FLOAT);
            try (LanguageModel model = LanguageModel.create(LETTERS, config, Rng.seeded(1))) {
                Trainer trainer = trainer(model);
                trainer.run();
                Checkpoint.Builder saved = Checkpoint.builder();
                model.writeTo(saved);
                trainer.writeTo(saved);
                return saved.metadata("unroll4j.sampling", Rng.seeded(2).saveState())
                        .build();
            }
        }

        static Trainer trainer(LanguageModel model) {
            Windows windows = Windows.of(new int[] {0, 1, 2, 1, 0, 2, 1, 0, 2}, 2, 2);
            LanguageModelObjective objective = new LanguageModelObjective( // with a generator, as every command
                    model, windows, Reduction.MEAN, windows.steps(), Rng.seeded(3));
            return new Trainer(objective, new TrainerConfig(new Adam(model.parameters()), Schedule.constant(1e-3), 3));
        }
    }

    /** A copy with up to four changes, each of which the bytes choose. */
    private static Checkpoint edit(Checkpoint right, ByteBuffer bytes) {
        Map<String, Object> arrays = new LinkedHashMap<>();
        right.names().forEach(name -> arrays.put(name, array(right, name)));
        Map<String, String> texts = new LinkedHashMap<>(right.metadata());
        for (int edits = 0; edits < 4 && bytes.remaining() > 3; edits++) {
            if (bytes.get() % 2 == 0) {
                List<String> names = List.copyOf(arrays.keySet());
                change(arrays, names.get((bytes.get() & 255) % names.size()), bytes);
            } else {
                List<String> names = List.copyOf(texts.keySet());
                String name = names.get((bytes.get() & 255) % names.size());
                texts.put(name, changed(texts.getOrDefault(name, ""), bytes));
            }
            if (arrays.isEmpty()) {
                break;
            }
        }
        Checkpoint.Builder edited = Checkpoint.builder();
        arrays.forEach((name, array) -> put(edited, name, array));
        texts.forEach(edited::metadata);
        return edited.build();
    }

    private static Object array(Checkpoint from, String name) {
        try {
            return from.tensor(name);
        } catch (CheckpointException notATensor) {
            try {
                return from.longs(name);
            } catch (CheckpointException notLongs) {
                return from.ints(name);
            }
        }
    }

    private static void put(Checkpoint.Builder edited, String name, Object array) {
        if (array instanceof Tensor tensor) {
            edited.put(name, tensor);
        } else if (array instanceof long[] longs) {
            edited.put(name, longs);
        } else {
            edited.put(name, (int[]) array);
        }
    }

    private static void change(Map<String, Object> arrays, String name, ByteBuffer bytes) {
        int kind = bytes.get() & 7;
        int at = bytes.get() & 255;
        Object array = Objects.requireNonNull(arrays.get(name));
        switch (kind) {
            case 0 -> arrays.remove(name);
            case 1 -> {
                double number = bytes.remaining() < 8 ? Double.NaN : bytes.getDouble();
                if (array instanceof Tensor tensor && tensor.data().length() > 0) {
                    Tensor other = tensor.copy();
                    other.data().set(at % other.data().length(), number);
                    arrays.put(name, other);
                } else if (array instanceof long[] longs && longs.length > 0) {
                    long[] other = longs.clone();
                    other[at % other.length] = Double.doubleToRawLongBits(number);
                    arrays.put(name, other);
                }
            }
            case 2 -> arrays.put(name, Tensor.of(Vec.of(Dtype.DOUBLE, new double[at]), at));
            case 3 -> arrays.put(name, new int[at]);
            case 4 -> arrays.put(name, new long[at]);
            case 5 -> {
                if (array instanceof Tensor tensor) {
                    arrays.put(name, Tensor.of(tensor.data(), 1, tensor.data().length()));
                }
            }
            case 6 -> {
                arrays.remove(name);
                arrays.put(name + (char) at, array);
            }
            default -> arrays.put("model.extra", new long[] {at});
        }
    }

    /** Some characters are taken out, and a text is put in their place: the rest, or a number that is hard to bear. */
    private static String changed(String text, ByteBuffer bytes) {
        List<String> hard = List.of("-1", "0", "2147483648", "1e400", "NaN", "\"\"", "null", "[]", "true", "99999");
        int kind = bytes.get() & 15;
        int at = bytes.hasRemaining() ? (bytes.get() & 255) % (text.length() + 1) : 0;
        int length = bytes.hasRemaining() ? Math.min(bytes.get() & 15, text.length() - at) : 0;
        if (kind < hard.size()) {
            return text.substring(0, at) + hard.get(kind) + text.substring(at + length);
        }
        byte[] rest = new byte[Math.min(bytes.remaining(), 8)];
        bytes.get(rest);
        String put = new String(rest, UTF_8);
        return kind == 15 ? put : text.substring(0, at) + put + text.substring(at + length);
    }
}
