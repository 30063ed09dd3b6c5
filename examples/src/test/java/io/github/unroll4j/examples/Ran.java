// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/** What a run of a program left behind: its exit code and what it printed. */
record Ran(int exitCode, String out, String err) {
    /** The names of the programs, as the launcher lists them. */
    static List<String> names() throws IOException {
        List<String> names = Files.readAllLines(Path.of("examples.txt")).stream()
                .filter(line -> line.startsWith("  "))
                .map(line -> line.strip().split(" ", 2)[0])
                .toList();
        return names.subList(0, names.indexOf("train-lm"));
    }

    /** The program of a name, as its class declares it. */
    static Program program(String name) {
        try {
            return (Program) Objects.requireNonNull(
                    Class.forName("io.github.unroll4j.examples." + typeName(name))
                            .getDeclaredField("PROGRAM")
                            .get(null),
                    name);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(name, e);
        }
    }

    /** The class of a name: char-rnn is CharRnn, as examples/run has it. */
    static String typeName(String name) {
        return Arrays.stream(name.split("-", -1))
                .map(word -> Character.toUpperCase(word.charAt(0)) + word.substring(1))
                .collect(Collectors.joining());
    }

    /** Runs a program in this JVM: its name and flags. */
    static Ran of(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = program(args[0])
                .run(new PrintWriter(out), new PrintWriter(err), Arrays.copyOfRange(args, 1, args.length));
        return new Ran(exitCode, out.toString().replace("\r\n", "\n"), err.toString());
    }

    /** Starts a class in a JVM of its own; what it prints and its errors are one. */
    static Process start(String mainClass, String... args) throws IOException {
        return start(Path.of("").toAbsolutePath(), mainClass, args);
    }

    static Process start(Path folder, String mainClass, String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dorg.nd4j.log.initialization=false",
                "-cp",
                System.getProperty("java.class.path"),
                mainClass));
        command.addAll(List.of(args));
        return new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
    }

    /** Reads what a process prints until a line has the words, or to the end. */
    static String until(Process process, String words) throws IOException {
        StringBuilder read = new StringBuilder();
        BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            read.append(line).append('\n');
            if (line.contains(words)) {
                break;
            }
        }
        return read.toString();
    }
}
