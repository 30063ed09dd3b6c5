// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a run of a program left behind: its exit code and what it printed. */
record Ran(int exitCode, String out, String err) {
    /** Runs a program in this JVM. */
    static Ran of(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = Examples.run(new PrintWriter(out), new PrintWriter(err), args);
        return new Ran(exitCode, out.toString().replace("\r\n", "\n"), err.toString());
    }

    /** Starts a class in a JVM of its own; what it prints and its errors are one. */
    static Process start(String mainClass, String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dorg.nd4j.log.initialization=false",
                "-cp",
                System.getProperty("java.class.path"),
                mainClass));
        command.addAll(List.of(args));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
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
