// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import io.github.unroll4j.core.checkpoint.CheckpointException;
import io.github.unroll4j.text.TextFiles;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A program: how it is called, what it shows, what it does, and which flags it takes.
 *
 * @param name as {@code examples/run} calls it
 * @param description a sentence
 * @param body what it does
 * @param flags by their names, in the order of {@code --help}
 */
record Program(String name, String description, Body body, Map<String, Flag> flags) {
    /** The command that starts programs. */
    static final String LAUNCHER = word(System.getProperty("unroll4j.command", "examples/run"));

    private static final String TINY = "tiny";
    private static final Pattern WORD = Pattern.compile("(?:[^\\s\"']|\"[^\"]*\"|'[^']*')+");
    private static final Pattern QUOTE = Pattern.compile("[\"']");

    /**
     * A flag: its usual value and that of {@code --preset tiny}, both empty for none; what it takes, and what that is.
     */
    record Flag(String standard, String tiny, String takes, String what) {}

    /** What a program does. */
    interface Body {
        void run(Example example) throws IOException;
    }

    /** A program with a seed and a folder for its files. */
    static Program of(String name, long seed, Body body) {
        return new Program(name, "", body, Map.of())
                .with("preset", "", "", TINY, "small enough to run in seconds")
                .with(
                        "out",
                        "out/" + name,
                        "out/" + name,
                        "FOLDER",
                        "for its files; a number is added if it holds some")
                .with("seed", seed, seed, "N", "of all that is drawn at random");
    }

    /** The same with a description. */
    Program about(String sentence) {
        return new Program(name, sentence, body, flags);
    }

    /** The same with one more flag, before the others. */
    Program with(String flag, Object standard, Object tiny, String takes, String what) {
        Map<String, Flag> all = new LinkedHashMap<>();
        all.put(flag, new Flag(standard.toString(), tiny.toString(), takes, what));
        all.putAll(flags);
        return new Program(name, description, body, all);
    }

    /** The same with a number of iterations and a way to go on later. */
    Program training(long standard, long tiny) {
        return with("resume", "", "", "FOLDER", "goes on with the run in this folder, with its flags")
                .with("iterations", standard, tiny, "N", "in all, those of the run that it goes on with included");
    }

    /** The same with a bundled text to read, or another. */
    Program reading(String text, String what) {
        return with("data", Example.BUNDLED + text, Example.BUNDLED + text, "FILE", what);
    }

    /** A word of a command as a shell reads it. */
    static String word(String text) {
        boolean windows = File.separatorChar == '\\';
        if (text.matches(windows ? "[A-Za-z0-9_./:=+,@%\\\\-]+" : "[A-Za-z0-9_./:=+,@%-]+")) {
            return text;
        }
        return windows ? '"' + text + '"' : "'" + text.replace("'", "'\\''") + "'";
    }

    /** The words that start it. */
    String command() {
        return LAUNCHER + " " + name;
    }

    /** Runs the program and ends the JVM with its exit code. */
    void start(String... args) {
        Examples.main(Stream.concat(Stream.of(name), Stream.of(args)).toArray(String[]::new));
    }

    /** Runs the program and returns its exit code. */
    int run(PrintWriter out, PrintWriter err, String... args) {
        if (List.of(args).contains("--help")) {
            out.println(help());
            return 0;
        }
        try {
            Example example = new Example(this, out, args);
            SavedTraining.outside(() -> example.say(example.stopped()));
            body.run(example);
            return 0;
        } catch (Example.Stopped e) {
            return 130;
        } catch (IllegalArgumentException
                | IllegalStateException
                | CheckpointException
                | UncheckedIOException
                | IOException
                | OutOfMemoryError e) {
            err.println(name + ": " + printable(sentence(e)));
            return e instanceof IllegalArgumentException || e instanceof CheckpointException ? 2 : 1;
        } finally {
            SavedTraining.ended();
        }
    }

    static String sentence(Throwable e) {
        if (e instanceof OutOfMemoryError) {
            return "the memory is full (" + e.getMessage() + "); use smaller sizes, or more memory through"
                    + " JAVA_TOOL_OPTIONS=-Xmx8g";
        }
        if (e instanceof FileSystemException file) { // whose message is often its name alone
            String reason =
                    file.getReason() != null ? file.getReason() : e.getClass().getSimpleName();
            return file.getFile() + " cannot be read or written: " + reason;
        }
        return String.valueOf(e.getMessage());
    }

    /** A terminal obeys control characters, and a sentence may quote a file. */
    static String printable(String sentence) {
        return sentence.replaceAll("\\p{Cntrl}", " ");
    }

    /** The values of all flags: those given, those of the run to go on with, those of the preset, the usual ones. */
    Map<String, String> values(String... args) {
        Map<String, String> values = parse(expanded(List.of(args)));
        String folder = values.get("resume");
        if (folder != null) {
            List<String> command = RunFolder.command(folder);
            if (!command.get(0).equals(name) || values.containsKey("out")) {
                throw new IllegalArgumentException("--resume: the run in " + folder + " is one of " + command.get(0)
                        + " and stays in its folder, expected one of " + name + " and no --out");
            }
            Map<String, String> earlier = parse(command.subList(1, command.size()));
            earlier.forEach(values::putIfAbsent);
            values.put("out", folder);
        }
        boolean tiny = values.containsKey("preset");
        flags.forEach((flag, f) -> values.putIfAbsent(flag, tiny ? f.tiny() : f.standard()));
        return values;
    }

    /** The arguments with those of a file, as a shell splits them, in the place of each {@code @FILE}. */
    private static List<String> expanded(List<String> args) {
        List<String> all = new ArrayList<>();
        for (String arg : args) {
            if (arg.startsWith("@") && Files.isRegularFile(Path.of(arg.substring(1)))) {
                String text = TextFiles.read(Path.of(arg.substring(1))).replaceAll("(?m)^\\s*#.*", "");
                WORD.matcher(text)
                        .results()
                        .forEach(word -> all.add(QUOTE.matcher(word.group()).replaceAll("")));
            } else {
                all.add(arg);
            }
        }
        return all;
    }

    private Map<String, String> parse(List<String> args) {
        Map<String, String> given = new LinkedHashMap<>();
        for (int i = 0; i < args.size(); i++) {
            String[] parts = args.get(i).split("=", 2);
            Flag flag = parts[0].startsWith("--") ? flags.get(parts[0].substring(2)) : null;
            if (flag == null) {
                throw new IllegalArgumentException(
                        "there is no " + parts[0] + ", only --help, --" + String.join(", --", flags.keySet()));
            }
            boolean next =
                    parts.length == 1 && i + 1 < args.size() && !args.get(i + 1).startsWith("--");
            String value = next ? args.get(++i) : parts[parts.length - 1];
            boolean fits = (next || parts.length == 2) && !value.isEmpty();
            if (!fits || (flag.takes().equals(TINY) && !value.equals(TINY))) {
                throw new IllegalArgumentException(parts[0] + " takes " + flag.takes() + ": " + flag.what());
            }
            given.put(parts[0].substring(2), value);
        }
        return given;
    }

    private String help() {
        StringBuilder text = new StringBuilder(command() + " [flags]\n\n" + description + "\n\n");
        flags.forEach((flag, f) -> {
            String tiny = f.tiny().equals(f.standard()) ? "" : "; tiny: " + f.tiny();
            String usual = f.standard().isEmpty() ? "" : " (" + f.standard() + tiny + ")";
            text.append(String.format(Locale.ROOT, "  --%-19s %s%s%n", flag + " " + f.takes(), f.what(), usual));
        });
        return text
                + String.format(
                        Locale.ROOT,
                        "%nFor example:%n  %1$s --preset tiny%n  %1$s --seed 7 --out elsewhere",
                        command());
    }
}
