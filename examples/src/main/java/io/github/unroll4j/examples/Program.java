// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import io.github.unroll4j.cli.Main;
import io.github.unroll4j.cli.run.Commands;
import io.github.unroll4j.cli.run.Failures;
import io.github.unroll4j.cli.run.RunFolder;
import io.github.unroll4j.cli.run.TerminalWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * A program: how it is called, what it shows, what it does, and which flags it takes.
 *
 * @param name as {@code examples/run} calls it
 * @param description a sentence
 * @param body what it does
 * @param flags by their names
 */
record Program(String name, String description, Body body, Map<String, Flag> flags) {
    /** Stands before the name of a text that comes with the programs. */
    static final String BUNDLED = "bundled:";

    /** Flags of all programs, which change no figure but by chance; named last. */
    private static final List<String> COMMON = List.of("resume", "preset", "seed", "out", "plot");

    /** Flags that take one word only. */
    private static final List<String> ONE_WORD = List.of("preset", "plot");

    private static final int WIDTH = 110; // of the text of --help

    static {
        if (System.getProperty("unroll4j.command") == null) { // started by no launcher
            System.setProperty("unroll4j.command", "examples/run");
        }
    }

    /** What a program does. */
    interface Body {
        void run(Example example) throws IOException;
    }

    /** A flag: its usual value and that of {@code --preset tiny}, empty for none; what it takes, and what that is. */
    record Flag(String standard, String tiny, String takes, String what) {
        private String help() {
            String other = tiny.equals(standard) ? "" : "; tiny: " + tiny;
            return what + (standard.isEmpty() ? "" : " (default: " + standard + other + ")");
        }
    }

    /** Declares a program: its name, a sentence on what it shows, the seed of all that is drawn, and what it does. */
    static Program of(String name, String description, long seed, Body body) {
        return new Program(name, description, body, new LinkedHashMap<>())
                .with("preset", "", "", "tiny", "small enough to run in seconds")
                .with("seed", seed, seed, "N", "of all that is drawn at random")
                .with(
                        "out",
                        "out/" + name,
                        "out/" + name,
                        "FOLDER",
                        "for its files; those of an earlier run move aside")
                .with("plot", "", "", "text", "draws in the terminal too");
    }

    /** Adds a flag: its usual value and that of {@code --preset tiny}, what it takes, and what that is. */
    Program with(String flag, Object standard, Object tiny, String takes, String what) {
        flags.put(flag, new Flag(standard.toString(), tiny.toString(), takes, what));
        return this;
    }

    /** Adds a number of iterations, and a way to go on later. */
    Program training(long standard, long tiny) {
        return with("iterations", standard, tiny, "N", "in all, those of the run that it goes on with included")
                .with("resume", "", "", "FOLDER", "goes on with the run in this folder, with its flags");
    }

    /** Adds a text to read: a bundled one, or another. */
    Program reading(String text, String what) {
        return with("data", BUNDLED + text, BUNDLED + text, "FILE", what);
    }

    /**
     * Starts a program by its name, as {@code examples/run} does: char-rnn is the class CharRnn.
     *
     * @param words the name, then the flags
     */
    public static void main(String... words) throws ReflectiveOperationException {
        String type = Stream.of(words[0].split("-", -1))
                .map(word -> word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1))
                .collect(Collectors.joining("", Program.class.getPackageName() + ".", ""));
        Class.forName(type).getMethod("main", String[].class).invoke(null, (Object)
                Arrays.copyOfRange(words, 1, words.length));
    }

    /** Runs the program and ends the JVM: 0 done, 1 failed, 2 misused, 130 stopped by Ctrl-C. */
    void start(String... args) {
        Main.start((out, err) -> run(out, err, args));
    }

    /** Runs the program and returns its exit code. */
    int run(PrintWriter out, PrintWriter err, String... args) {
        PrintWriter terminal = new TerminalWriter(out);
        CommandLine line = commandLine(() -> new Example(this, terminal, args).run());
        return line.setOut(terminal).setErr(new TerminalWriter(err)).execute(args);
    }

    private CommandLine commandLine(Callable<Integer> call) {
        CommandSpec spec = CommandSpec.wrapWithoutInspection(call).name(name);
        String command = Commands.of(name);
        spec.usageMessage()
                .sortOptions(false)
                .customSynopsis(command + " [flags]")
                .description("", description, "")
                .footer(
                        "",
                        "For example:",
                        "  " + command + " --preset tiny",
                        "  " + command + " --seed 7 --out elsewhere");
        flags.entrySet().stream()
                .sorted(Comparator.comparing(flag -> COMMON.indexOf(flag.getKey()))) // its own flags first
                .forEach(flag -> spec.addOption(OptionSpec.builder("--" + flag.getKey())
                        .type(String.class)
                        .paramLabel(flag.getValue().takes)
                        .description(flag.getValue().help())
                        .build()));
        spec.addOption(OptionSpec.builder("--help")
                .usageHelp(true)
                .description("this text")
                .build());
        return new CommandLine(spec)
                .setUsageHelpWidth(WIDTH)
                .setParameterExceptionHandler(Failures::misused)
                .setExecutionExceptionHandler((e, line, parsed) -> Failures.failed(e, line));
    }

    private static Map<String, String> given(CommandLine line, String... args) {
        Map<String, String> given = new LinkedHashMap<>();
        line.parseArgs(args).matchedOptions().stream()
                .filter(option -> !option.usageHelp())
                .forEach(option -> given.put(option.longestName().substring(2), option.getValue()));
        return given;
    }

    /** The values of all flags: those given, those of the run to go on with, those of the preset, the usual ones. */
    Map<String, String> values(String... args) {
        CommandLine line = commandLine(() -> 0);
        Map<String, String> values = given(line, args);
        String earlier = values.get("resume");
        if (earlier != null) {
            List<String> command = RunFolder.command(Path.of(earlier));
            if (!command.get(0).equals(name) || values.containsKey("out")) {
                throw new IllegalArgumentException("--resume: the run in " + earlier + " is one of " + command.get(0)
                        + " and stays in its folder, expected one of " + name + " and no --out");
            }
            given(line, command.subList(1, command.size()).toArray(String[]::new))
                    .forEach(values::putIfAbsent);
            values.put("out", earlier);
        }
        flags.forEach((flag, f) -> {
            String word = values.getOrDefault(flag, f.takes);
            if (ONE_WORD.contains(flag) && !word.equals(f.takes)) {
                throw new IllegalArgumentException("--" + flag + " is " + word + ", expected " + f.takes);
            }
        });
        boolean tiny = values.containsKey("preset");
        flags.forEach((flag, f) -> values.putIfAbsent(flag, tiny ? f.tiny : f.standard));
        return values;
    }

    /** Whether all sizes are the usual ones, so that what is known of them can be expected. */
    boolean isStandard(Map<String, String> values) {
        return flags.entrySet().stream()
                .filter(flag -> !COMMON.contains(flag.getKey()))
                .allMatch(flag -> flag.getValue().standard.equals(values.get(flag.getKey())));
    }
}
