// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli;

import io.github.unroll4j.cli.flags.FlagLayers;
import io.github.unroll4j.cli.flags.PresetHelp;
import io.github.unroll4j.cli.run.Commands;
import io.github.unroll4j.cli.run.Failures;
import io.github.unroll4j.cli.run.TerminalWriter;
import io.github.unroll4j.cli.run.Version;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntBiFunction;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.InitializationException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;

/**
 * Starts a command by its name.
 *
 * @since 0.1.0
 */
@Command(
        description = "Trains, asks and measures models of unroll4j.",
        synopsisSubcommandLabel = "NAME",
        mixinStandardHelpOptions = true,
        versionProvider = Main.VersionText.class,
        scope = ScopeType.INHERIT,
        subcommands = {
            TrainLm.class,
            Translate.class,
            Generate.class,
            Evaluate.class,
            TranslateText.class,
            EvaluateTranslation.class,
            Check.class
        })
public final class Main implements Runnable {
    private static final List<String> HELP = List.of("-h", "--help");

    private final PrintWriter out;

    private Main(PrintWriter out) {
        this.out = out;
    }

    /**
     * Runs a command and ends the JVM with its exit code: 0 done, 1 failed, 2 misused, 130 stopped by Ctrl-C.
     *
     * @param args the name of the command and its flags
     */
    public static void main(String... args) {
        start((out, err) -> run(out, err, args));
    }

    /**
     * Runs a program on the standard streams and ends the JVM with the exit code that it returns; with 1 where it
     * returns 0 but its text could not be written.
     *
     * @param program given the standard output and the standard error
     */
    public static void start(ToIntBiFunction<PrintWriter, PrintWriter> program) {
        // ND4J reads it when it starts: what it logs of itself there is no part of a command's output.
        System.setProperty("org.nd4j.log.initialization", System.getProperty("org.nd4j.log.initialization", "false"));
        // Not the charset of the locale, which in a container is often unset and would turn é into a question mark.
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        int code = program.applyAsInt(out, err);
        if (out.checkError() && code == 0) {
            err.println(Commands.launcher()
                    + ": the text could not be written to the standard output; likely cause: it was closed"
                    + " before the end, or its disk is full");
            code = 1;
        }
        System.exit(code);
    }

    static int run(PrintWriter out, PrintWriter err, String... args) {
        CommandLine commands = commands(new TerminalWriter(out), new TerminalWriter(err));
        String[] words;
        try {
            words = expanded(args);
        } catch (InitializationException e) { // says which file
            return Failures.misused(new ParameterException(commands, String.valueOf(e.getMessage()), e), args);
        }
        CommandLine command =
                words.length == 0 ? commands : commands.getSubcommands().getOrDefault(words[0], commands);
        try {
            return commands.execute(complete(command, words));
        } catch (ParameterException e) {
            return Failures.misused(e, words);
        } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
            return Failures.failed(e, command);
        }
    }

    /** The arguments with those of a file in the place of each {@code @FILE}. */
    private static String[] expanded(String... args) {
        CommandLine any = new CommandLine(CommandSpec.create()).setUnmatchedArgumentsAllowed(true);
        return any.parseArgs(args).expandedArgs().toArray(String[]::new);
    }

    /** All commands, in the order of the list. */
    static CommandLine commands(PrintWriter out, PrintWriter err) {
        CommandLine commands = new CommandLine(new Main(out))
                .setCommandName(Commands.launcher())
                .setOut(out)
                .setErr(err)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExpandAtFiles(false) // done before a preset is put under the flags
                .setParameterExceptionHandler(Failures::misused)
                .setExecutionExceptionHandler((e, command, parsed) -> Failures.failed(e, command));
        return commands;
    }

    private static String[] complete(CommandLine command, String... args) {
        if (command.getParent() == null) {
            return args;
        }
        List<String> given = List.of(args).subList(1, args.length);
        if (given.stream().anyMatch(HELP::contains)) {
            PresetHelp.prepare(command, given);
            return new String[] {args[0], "--help"};
        }
        List<String> flags = new ArrayList<>(FlagLayers.complete(command, given));
        flags.add(0, args[0]);
        return flags.toArray(String[]::new);
    }

    /** Without a name: lists the commands. */
    @Override
    public void run() {
        new CommandLine(this).setCommandName(Commands.launcher()).usage(out);
    }

    /** For {@code --version}. */
    static final class VersionText implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"unroll4j " + Version.text()};
        }
    }
}
