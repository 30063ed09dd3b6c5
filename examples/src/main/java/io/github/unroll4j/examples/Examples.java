// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import io.github.unroll4j.examples.flags.FlagLayers;
import io.github.unroll4j.examples.flags.Presets;
import io.github.unroll4j.examples.run.Failures;
import io.github.unroll4j.examples.run.Version;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;

/** Starts an example by its name. */
@Command(
        name = "examples/run",
        description = "Runs an example of unroll4j.",
        synopsisSubcommandLabel = "NAME",
        mixinStandardHelpOptions = true,
        versionProvider = Examples.VersionText.class,
        scope = ScopeType.INHERIT,
        subcommands = {
            TrainLm.class,
            Translate.class,
            Generate.class,
            Evaluate.class,
            TranslateText.class,
            EvaluateTranslation.class
        })
public final class Examples implements Runnable {
    private final PrintWriter out;

    private Examples(PrintWriter out) {
        this.out = out;
    }

    /**
     * Runs an example and ends the JVM with its exit code: 0 done, 1 failed, 2 misused, 130 stopped by Ctrl-C.
     *
     * @param args the name of the example and its flags
     */
    public static void main(String... args) {
        // Not the charset of the locale, which in a container is often unset and would turn é into a question mark.
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        int code = run(out, err, args);
        if (out.checkError() && code == 0) {
            err.println(
                    "examples/run: the text could not be written to the standard output; likely cause: it was closed"
                            + " before the end, or its disk is full");
            code = 1;
        }
        System.exit(code);
    }

    static void main(String name, String... flags) {
        main(Stream.concat(Stream.of(name), Arrays.stream(flags)).toArray(String[]::new));
    }

    static int run(PrintWriter out, PrintWriter err, String... args) {
        if (args.length > 0 && Programs.descriptions().containsKey(args[0])) {
            return Programs.run(out, err, args[0], Arrays.copyOfRange(args, 1, args.length));
        }
        CommandLine examples = new CommandLine(new Examples(out))
                .setOut(out)
                .setErr(err)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(Failures::misused)
                .setExecutionExceptionHandler((e, command, parsed) -> Failures.failed(e, command));
        examples.getSubcommands().values().forEach(Examples::listPresets);
        CommandLine example =
                args.length == 0 ? examples : examples.getSubcommands().getOrDefault(args[0], examples);
        try {
            return examples.execute(complete(example, args));
        } catch (ParameterException e) {
            return Failures.misused(e, args);
        } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
            return Failures.failed(e, example);
        }
    }

    /** The examples and what they do, in the order of the list. */
    static Map<String, String> descriptions() {
        Map<String, String> descriptions = new LinkedHashMap<>(Programs.descriptions());
        PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
        new CommandLine(new Examples(nowhere))
                .getSubcommands()
                .forEach((name, command) -> descriptions.put(
                        name, command.getCommandSpec().usageMessage().description()[0]));
        return descriptions;
    }

    private static String[] complete(CommandLine example, String... args) {
        if (example.getParent() == null) {
            return args;
        }
        List<String> flags =
                new ArrayList<>(FlagLayers.complete(example, List.of(args).subList(1, args.length)));
        flags.add(0, args[0]);
        return flags.toArray(String[]::new);
    }

    private static void listPresets(CommandLine command) {
        if (command.getCommand() instanceof Presets example) {
            CommandSpec spec = command.getCommandSpec();
            String without = FlagLayers.withoutPreset().stream()
                    .filter(name -> spec.findOption(name) != null)
                    .collect(Collectors.joining(" or "));
            List<String> lines = new ArrayList<>();
            lines.add("The preset small applies unless another" + (without.isEmpty() ? "" : ", " + without)
                    + " is given; what a preset sets comes in place of the default shown above.");
            new TreeMap<>(example.presets())
                    .forEach((name, flags) -> lines.add("  --preset " + name + ": " + String.join(" ", flags)));
            spec.usageMessage().footer(lines.toArray(String[]::new));
        }
    }

    /** Without a name: lists the examples. */
    @Override
    public void run() {
        new CommandLine(this).usage(out);
    }

    /** For {@code --version}. */
    static final class VersionText implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"unroll4j " + Version.text()};
        }
    }
}
