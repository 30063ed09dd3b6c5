// SPDX-License-Identifier: Apache-2.0
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Derives every float form of the library from its double form, so that an equation is written once.
 *
 * <p>Two kinds of place are looked for below the given folders. A file {@code DoubleX.java} has a generated sibling
 * {@code FloatX.java}. A file that holds the line {@code // <double>} keeps, between that line and {@code // </double>},
 * the equations; between {@code // <float>} and {@code // </float>} stands their generated float form.
 *
 * <p>Usage: {@code java tools/generate/FloatForms.java [--check] FOLDER...}. With {@code --check} nothing is written and
 * the exit code is 1 when a committed float form differs from what would be generated.
 */
public final class FloatForms {
    private static final Pattern NUMBER = Pattern.compile("(?<![\\w.\"])(\\d+\\.\\d*(?:[eE][-+]?\\d+)?|\\d+[eE][-+]?\\d+)(?![\\w.])");
    private static final Pattern ROOT = Pattern.compile("(?<!\\(float\\) )Math\\.(sqrt|pow|exp|log)\\(");

    private FloatForms() {}

    public static void main(String[] args) throws IOException {
        boolean check = args.length > 0 && args[0].equals("--check");
        List<Path> stale = new ArrayList<>();
        for (int i = check ? 1 : 0; i < args.length; i++) {
            try (Stream<Path> files = Files.walk(Path.of(args[i]))) {
                for (Path file : files.filter(f -> f.toString().endsWith(".java")).sorted().toList()) {
                    derive(file, check, stale);
                }
            }
        }
        for (Path file : stale) {
            System.err.println((check ? "stale float form: " : "wrote ") + file);
        }
        System.exit(check && !stale.isEmpty() ? 1 : 0);
    }

    private static void derive(Path file, boolean check, List<Path> stale) throws IOException {
        String text = Files.readString(file);
        String name = file.getFileName().toString();
        if (name.startsWith("Double")) {
            Path target = file.resolveSibling("Float" + name.substring("Double".length()));
            update(target, toFloat(text).replaceFirst("\n(?=package )", "\n// Generated from " + name + " by tools/generate/FloatForms.java; edit that file instead.\n"), check, stale);
        } else if (text.contains("// <double>") && text.contains("// <float>")) {
            int from = text.indexOf('\n', text.indexOf("// <double>")) + 1;
            int to = text.lastIndexOf('\n', text.indexOf("// </double>")) + 1;
            int start = text.indexOf('\n', text.indexOf("// <float>")) + 1;
            int end = text.lastIndexOf('\n', text.indexOf("// </float>")) + 1;
            update(file, text.substring(0, start) + toFloat(text.substring(from, to)) + text.substring(end), check, stale);
        }
    }

    /** Types, names and literals of double source become those of float; a line marked {@code generated: keep} keeps its double. */
    static String toFloat(String source) {
        StringBuilder out = new StringBuilder();
        for (String line : source.split("(?<=\n)")) {
            out.append(line.startsWith("//") || line.contains("// generated: keep") ? line : lineToFloat(line));
        }
        return out.toString();
    }

    private static String lineToFloat(String source) {
        String text = source.replaceAll("\\bdouble\\b", "float").replaceAll("\\bdoubles\\b", "floats");
        text = text.replace("Double", "Float").replace("DOUBLE", "FLOAT");
        text = NUMBER.matcher(text).replaceAll("$1f");
        return ROOT.matcher(text).replaceAll("(float) Math.$1(");
    }

    private static String tokens(String text) {
        return text.replaceAll("\\s+", "");
    }

    private static void update(Path target, String text, boolean check, List<Path> stale) throws IOException {
        if (Files.exists(target) && tokens(Files.readString(target)).equals(tokens(text))) {
            return; // the formatter may have laid the lines out anew
        }
        stale.add(target);
        if (!check) {
            Files.writeString(target, text);
        }
    }
}
