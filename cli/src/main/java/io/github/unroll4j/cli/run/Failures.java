// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.run;

import io.github.unroll4j.core.checkpoint.CheckpointException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.util.List;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Says in one sentence why a command ended early, and gives the exit code.
 *
 * @since 0.1.0
 */
public final class Failures {
    private static final Pattern GIVEN = Pattern.compile("=\\{([^}]+)\\}");

    private static final int LONGEST = 4000;
    /** Long enough for the likely cause, which ends a sentence. */
    private static final int END = 400;

    private Failures() {}

    /**
     * A flag that does not exist, or has a value that it cannot have.
     *
     * @param e what picocli found
     * @param args not looked at
     * @return the exit code 2
     */
    public static int misused(ParameterException e, String... args) {
        CommandLine command = e.getCommandLine();
        boolean list = !command.getSubcommands().isEmpty();
        String help = list ? Commands.of() : Commands.of(command.getCommandName(), "--help");
        print(command, sentence(e) + " (see " + help.strip() + ")");
        return ExitCode.USAGE;
    }

    private static String sentence(ParameterException e) {
        if (e instanceof UnmatchedArgumentException unmatched) {
            List<String> meant = unmatched.getSuggestions();
            String first = unmatched.getUnmatched().get(0);
            boolean named = first.startsWith("-")
                    || first.startsWith("@")
                    || !e.getCommandLine().getSubcommands().isEmpty();
            if (!named) { // an argument in a place that the command does not have
                return first + " is one argument too many";
            }
            return "there is no " + first
                    + (meant.isEmpty() ? "" : "; did you mean " + String.join(" or ", meant) + "?");
        }
        String message = String.valueOf(e.getMessage());
        if (message.contains("expected only one match but got")) { // of groups, which it writes out in full
            List<String> given = GIVEN.matcher(message)
                    .results()
                    .map(match -> match.group(1))
                    .toList();
            return String.join(" and ", given) + " are mutually exclusive";
        }
        return message.replaceFirst("^Error: ", "");
    }

    /**
     * A command that could not do its work.
     *
     * @param e what went wrong
     * @param command the command
     * @return the exit code 1
     */
    public static int failed(Throwable e, CommandLine command) {
        if (e instanceof IllegalArgumentException
                || e instanceof IllegalStateException
                || e instanceof CheckpointException
                || e instanceof UncheckedIOException) {
            print(command, String.valueOf(e.getMessage()));
        } else if (e instanceof IOException io) {
            String file = io instanceof FileSystemException f && f.getFile() != null ? f.getFile() + ": " : "";
            print(command, file + Outputs.reason(io));
        } else if (e instanceof OutOfMemoryError) {
            print(
                    command,
                    "the memory is full (" + e.getMessage() + "); use smaller sizes, or more memory through"
                            + " JAVA_TOOL_OPTIONS=-Xmx8g");
        } else if (e instanceof NoClassDefFoundError) {
            print(
                    command,
                    "a part of the program is missing: " + e.getMessage() + "; likely cause: no ND4J backend, or an"
                            + " incomplete build, which mvn clean package mends");
        } else {
            print(command, "unexpected " + e + "; this is a defect, please report it with what follows");
            e.printStackTrace(command.getErr());
        }
        return ExitCode.SOFTWARE;
    }

    /**
     * Shortens a sentence: what it quotes may be longer than anybody reads.
     *
     * @param sentence of any length
     * @return its beginning and its end, if it is long
     */
    public static String shortened(String sentence) {
        int left = sentence.length() - LONGEST;
        return left <= 0
                ? sentence
                : sentence.substring(0, LONGEST - END) + " ... (" + left + " more characters) ... "
                        + sentence.substring(sentence.length() - END);
    }

    private static void print(CommandLine command, String sentence) {
        PrintWriter err = command.getErr();
        err.println(command.getCommandName() + ": " + shortened(sentence).replace('\n', ' '));
        err.flush();
    }
}
