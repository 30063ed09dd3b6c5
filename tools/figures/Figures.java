// SPDX-License-Identifier: Apache-2.0
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LambdaExpressionTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import io.github.unroll4j.benchmarks.OneStep;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jacoco.agent.rt.IAgent;
import org.jacoco.agent.rt.RT;
import org.jacoco.core.analysis.Analyzer;
import org.jacoco.core.analysis.CoverageBuilder;
import org.jacoco.core.analysis.IClassCoverage;
import org.jacoco.core.analysis.IMethodCoverage;
import org.jacoco.core.data.ExecutionDataReader;
import org.jacoco.core.data.ExecutionDataStore;
import org.jacoco.core.data.SessionInfoStore;

/** How large the library is, and how much of it one training step runs through; tools/figures/run starts it. */
public final class Figures {
    private static final List<String> LIBRARY = List.of("core", "optim", "text", "models");
    private static final int WIDTH = 120;

    private final Path root;
    private final Map<Path, Source> sources;

    private Figures(Path root) throws IOException {
        this.root = root;
        sources = Source.readAll(root);
    }

    /**
     * Prints the figures of a tree that has been compiled.
     *
     * @param args root of the tree; {@code --path} lists each type and method of the step
     */
    public static void main(String[] args) throws IOException {
        Figures figures = new Figures(Path.of(args[0]).toRealPath());
        figures.printLibrary();
        figures.printFiles();
        boolean list = List.of(args).contains("--path");
        System.out.println(
                """

                One training step of the LSTM language model of README (one-hot characters, H=128, B=16, T=25, float, clip,
                Adam), recorded by JaCoCo from the end of one iteration of Trainer.run to the end of the next; library code only.
                  files, types, methods   those of which at least one line ran; types with nested and anonymous ones; the body of
                                          a lambda is a method; the accessors that javac makes for records are not seen
                  run                     source lines of which at least one instruction ran; a statement has one line for each
                                          line that javac gave instructions to
                  of methods              all lines of the methods that ran, blank ones and comments left out
                Once a second the stopwatch of Trainer runs up to 4 lines more.""");
        for (OneStep.Runner runner : OneStep.Runner.values()) {
            figures.printStep(runner, record(runner), list);
        }
    }

    private void printLibrary() {
        System.out.println(
                """
                src/main/java of the library
                  lines         all lines, and those that are neither blank nor comment alone
                  types         of the top level, package-info left out; nested ones apart
                  public types  of the top level; in packages called internal (not part of the first); nested in public ones
                """);
        row("", "lines", "code", "types", "nested", "public", "internal", "nested");
        List<ToIntFunction<Source>> columns = List.of(
                Source::lines,
                Source::codeLines,
                s -> s.count(t -> !t.nested),
                s -> s.count(t -> t.nested),
                s -> s.count(t -> t.isPublic && !t.nested && !s.internal()),
                s -> s.count(t -> t.isPublic && !t.nested && s.internal()),
                s -> s.count(t -> t.isPublic && t.nested && !s.internal()));
        for (String module : LIBRARY) {
            row(module, columns.stream().map(c -> sum(s -> s.isMainOf(module), c)).toArray());
        }
        row("library", columns.stream().map(c -> sum(this::isLibrary, c)).toArray());
    }

    private void printFiles() throws IOException {
        ToIntFunction<Source> above = s -> s.commentsAbove(WIDTH);
        Source own = source("GainCell");
        Source widest = sources.values().stream()
                .max(Comparator.comparingInt(Source::widestComment))
                .orElseThrow();
        System.out.println();
        say("lines between <float> and </float>", sum(this::isLibrary, Source::markedFloatLines));
        say("lines of files generated from a Double twin", sum(this::isLibrary, Source::generatedLines));
        say("types named Float… in models", sum(s -> s.isMainOf("models"), s -> s.count(t -> t.name.startsWith("Float"))));
        say("lines of LstmCell.java", source("LstmCell").lines());
        say("code lines of a cell of one's own: class GainCell", own.codeLinesOf("GainCell"));
        say("columns of the widest line with a comment", widest.widestComment());
        System.out.printf("    %s%n", root.relativize(widest.file));
        say("lines with a comment above " + WIDTH + " columns", sum(s -> true, above));
        say("    of these in src/main of the library", sum(this::isLibrary, above));
        printTests();
    }

    /** As the latest report of each test class says, whenever that was written. */
    private void printTests() throws IOException {
        int tests = 0;
        int without = 0;
        for (Source s : sources.values()) {
            if (s.isTest()) {
                Path report = root.resolve(s.module).resolve("target/surefire-reports/TEST-" + s.typeName() + ".xml");
                if (Files.exists(report)) {
                    Matcher suite = Pattern.compile("<testsuite [^>]*\\btests=\"(\\d+)\"").matcher(Files.readString(report));
                    tests += suite.find() ? Integer.parseInt(suite.group(1)) : 0;
                } else {
                    without++;
                }
            }
        }
        say("tests in the reports that builds left here", tests);
        say("    test classes without a report", without);
    }

    private static ExecutionDataStore record(OneStep.Runner runner) throws IOException {
        IAgent agent = RT.getAgent();
        List<byte[]> data = new ArrayList<>();
        OneStep.train(runner, agent::reset, () -> data.add(agent.getExecutionData(false)));
        ExecutionDataStore store = new ExecutionDataStore();
        ExecutionDataReader reader = new ExecutionDataReader(new ByteArrayInputStream(data.get(0)));
        reader.setExecutionDataVisitor(store);
        reader.setSessionInfoVisitor(new SessionInfoStore());
        reader.read();
        return store;
    }

    private void printStep(OneStep.Runner runner, ExecutionDataStore store, boolean list) throws IOException {
        System.out.println();
        row(runner.label(), "files", "types", "methods", "run", "of methods");
        Ran all = new Ran();
        Map<String, Ran> packages = new TreeMap<>();
        for (String module : LIBRARY) {
            CoverageBuilder coverage = new CoverageBuilder();
            new Analyzer(store, coverage)
                    .analyzeAll(root.resolve(module).resolve("target/classes").toFile());
            for (IClassCoverage type : coverage.getClasses()) {
                if (type.getMethodCounter().getCoveredCount() > 0) {
                    Path folder = root.resolve(module).resolve("src/main/java").resolve(type.getPackageName());
                    Source source = sources.get(folder.resolve(type.getSourceFileName()));
                    String room = type.getPackageName().replace("io/github/unroll4j/", "").replace('/', '.');
                    packages.computeIfAbsent(room, r -> new Ran()).add(type, source);
                    all.add(type, source);
                }
            }
        }
        packages.forEach((room, ran) -> row(room, ran.counts()));
        row("library", all.counts());
        if (list) {
            System.out.printf("%nrun, of the method%n");
            all.list.stream().sorted().forEach(System.out::println);
        }
    }

    private boolean isLibrary(Source source) {
        return LIBRARY.stream().anyMatch(source::isMainOf);
    }

    private Source source(String type) {
        return sources.values().stream()
                .filter(s -> s.file.endsWith(type + ".java"))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("Figures: there is no " + type + ".java any more."));
    }

    private int sum(Predicate<Source> which, ToIntFunction<Source> figure) {
        return sources.values().stream().filter(which).mapToInt(figure).sum();
    }

    private static void row(String name, Object... cells) {
        StringBuilder line = new StringBuilder(String.format("%-20s", name));
        for (Object cell : cells) {
            line.append(String.format("%11s", cell));
        }
        System.out.println(line);
    }

    private static void say(String what, int figure) {
        System.out.printf("%-55s %6d%n", what, figure);
    }
}

/** What ran of some classes. */
final class Ran {
    final List<String> list = new ArrayList<>();
    private final Map<Path, BitSet> run = new TreeMap<>();
    private final Map<Path, BitSet> ofMethods = new TreeMap<>();
    private int types;
    private int methods;

    void add(IClassCoverage type, Source source) {
        types++;
        for (IMethodCoverage method : type.getMethods()) {
            BitSet lines = linesRun(method);
            if (!lines.isEmpty()) {
                methods++;
                BitSet whole = source.codeOf(method.getName(), lines.nextSetBit(0));
                whole.or(lines); // the header of a record, an initialised field
                run.computeIfAbsent(source.file, f -> new BitSet()).or(lines);
                ofMethods.computeIfAbsent(source.file, f -> new BitSet()).or(whole);
                list.add(String.format(
                        "%s %s %d, %d", type.getName().replace('/', '.'), method.getName(), lines.cardinality(), whole.cardinality()));
            }
        }
    }

    Object[] counts() {
        return new Object[] {run.size(), types, methods, size(run), size(ofMethods)};
    }

    private static int size(Map<Path, BitSet> lines) {
        return lines.values().stream().mapToInt(BitSet::cardinality).sum();
    }

    private static BitSet linesRun(IMethodCoverage method) {
        BitSet lines = new BitSet();
        for (int i = Math.max(0, method.getFirstLine()); i <= method.getLastLine(); i++) {
            lines.set(i, method.getLine(i).getInstructionCounter().getCoveredCount() > 0);
        }
        return lines;
    }
}

/** A source file: its types and methods, and which of its lines hold code and which comments. Lines are numbered from 1. */
final class Source {
    final Path file;
    final String module;
    private final String inModule;
    private final List<String> text;
    private final BitSet code = new BitSet();
    private final BitSet comment = new BitSet();
    private final List<Type> types = new ArrayList<>();
    private final List<Body> bodies = new ArrayList<>();

    /** A type with a name, from the line of its header to its last one. */
    static final class Type {
        final String name;
        final boolean nested;
        final boolean isPublic;
        final int first;
        final int last;

        Type(String name, boolean nested, boolean isPublic, int first, int last) {
            this.name = name;
            this.nested = nested;
            this.isPublic = isPublic;
            this.first = first;
            this.last = last;
        }
    }

    private record Body(boolean lambda, int first, int last) {}

    private Source(Path root, Path file, String text) {
        this.file = file;
        Path inRoot = root.relativize(file);
        module = inRoot.getName(0).toString();
        inModule = inRoot.subpath(1, inRoot.getNameCount()).toString().replace('\\', '/');
        this.text = text.lines().toList();
        classify(text);
    }

    /** All Java sources of the modules below a folder. */
    static Map<Path, Source> readAll(Path root) throws IOException {
        Map<Path, Source> sources = new TreeMap<>();
        try (Stream<Path> folders = Files.list(root)) {
            for (Path module : folders.filter(f -> Files.exists(f.resolve("pom.xml"))).toList()) {
                for (Path src : List.of(module.resolve("src/main/java"), module.resolve("src/test/java"))) {
                    if (Files.exists(src)) {
                        try (Stream<Path> files = Files.walk(src)) {
                            for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
                                sources.put(file, new Source(root, file, Files.readString(file)));
                            }
                        }
                    }
                }
            }
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            var files = manager.getJavaFileObjectsFromPaths(sources.keySet());
            JavacTask task = (JavacTask) compiler.getTask(null, manager, null, List.of("-proc:none"), null, files);
            SourcePositions positions = Trees.instance(task).getSourcePositions();
            for (CompilationUnitTree unit : task.parse()) {
                sources.get(Path.of(unit.getSourceFile().toUri())).outline(unit, positions);
            }
        }
        return sources;
    }

    private void classify(String s) {
        int line = 1;
        String inside = ""; // the end of the comment, string or character that i is in
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            boolean isComment = inside.equals("*/") || inside.equals("\n");
            if (c == '\n') {
                line++;
                inside = inside.equals("\n") ? "" : inside;
            } else if (!inside.isEmpty() && s.startsWith(inside, i)) {
                (isComment ? comment : code).set(line);
                i += inside.length() - 1;
                inside = "";
            } else if (!inside.isEmpty()) {
                if (!Character.isWhitespace(c)) {
                    (isComment ? comment : code).set(line);
                }
                i += c == '\\' && !isComment && s.charAt(i + 1) != '\n' ? 1 : 0;
            } else if (s.startsWith("//", i) || s.startsWith("/*", i)) {
                comment.set(line);
                inside = s.charAt(i + 1) == '/' ? "\n" : "*/";
                i++;
            } else if (c == '"' || c == '\'') {
                code.set(line);
                inside = s.startsWith("\"\"\"", i) ? "\"\"\"" : String.valueOf(c);
                i += inside.length() - 1;
            } else if (!Character.isWhitespace(c)) {
                code.set(line);
            }
        }
    }

    private void outline(CompilationUnitTree unit, SourcePositions positions) {
        var lineOf = unit.getLineMap();
        ToIntFunction<Tree> first = t -> (int) lineOf.getLineNumber(positions.getStartPosition(unit, t));
        ToIntFunction<Tree> last = t -> (int) lineOf.getLineNumber(positions.getEndPosition(unit, t));
        new TreeScanner<Void, ClassTree>() {
            private boolean outerIsPublic = true;

            @Override
            public Void visitClass(ClassTree type, ClassTree outer) {
                boolean before = outerIsPublic;
                boolean implicitly = outer != null
                        && (outer.getKind() == Tree.Kind.INTERFACE || outer.getKind() == Tree.Kind.ANNOTATION_TYPE);
                outerIsPublic = before && (implicitly || type.getModifiers().getFlags().contains(Modifier.PUBLIC));
                if (!type.getSimpleName().isEmpty()) {
                    types.add(new Type(
                            type.getSimpleName().toString(),
                            outer != null,
                            outerIsPublic,
                            first.applyAsInt(type),
                            last.applyAsInt(type)));
                }
                super.visitClass(type, type);
                outerIsPublic = before;
                return null;
            }

            @Override
            public Void visitMethod(MethodTree method, ClassTree outer) {
                bodies.add(new Body(false, first.applyAsInt(method), last.applyAsInt(method)));
                return super.visitMethod(method, outer);
            }

            @Override
            public Void visitLambdaExpression(LambdaExpressionTree lambda, ClassTree outer) {
                bodies.add(new Body(true, first.applyAsInt(lambda), last.applyAsInt(lambda)));
                return super.visitLambdaExpression(lambda, outer);
            }
        }.scan(unit, null);
    }

    /** The lines with code of the innermost method or lambda around a line; none if there is no such method in the source. */
    BitSet codeOf(String method, int line) {
        boolean lambda = method.startsWith("lambda$");
        return bodies.stream()
                .filter(b -> b.lambda == lambda && b.first <= line && line <= b.last)
                .min(Comparator.comparingInt(b -> b.last - b.first))
                .map(b -> between(b.first, b.last))
                .orElseGet(BitSet::new);
    }

    private BitSet between(int first, int last) {
        BitSet lines = new BitSet();
        lines.set(first, last + 1);
        lines.and(code);
        return lines;
    }

    boolean isMainOf(String name) {
        return module.equals(name) && inModule.startsWith("src/main/");
    }

    boolean isTest() {
        return inModule.startsWith("src/test/") && inModule.endsWith("Test.java");
    }

    boolean internal() {
        return inModule.contains("/internal/");
    }

    String typeName() {
        return inModule.replaceFirst("src/\\w+/java/", "").replace(".java", "").replace('/', '.');
    }

    int lines() {
        return text.size();
    }

    int codeLines() {
        return code.cardinality();
    }

    int count(Predicate<Type> which) {
        return (int) types.stream().filter(which).count();
    }

    int codeLinesOf(String type) {
        return types.stream()
                .filter(t -> t.name.equals(type))
                .mapToInt(t -> between(t.first, t.last).cardinality())
                .sum();
    }

    int generatedLines() {
        return text.stream().anyMatch(line -> line.startsWith("// Generated from Double")) ? text.size() : 0;
    }

    int markedFloatLines() {
        int lines = 0;
        boolean inside = false;
        for (String line : text) {
            inside &= !line.strip().equals("// </float>");
            lines += inside ? 1 : 0;
            inside |= line.strip().equals("// <float>");
        }
        return lines;
    }

    int widestComment() {
        return comment.stream().map(this::width).max().orElse(0);
    }

    int commentsAbove(int width) {
        return (int) comment.stream().filter(line -> width(line) > width).count();
    }

    private int width(int line) {
        String s = text.get(line - 1);
        return s.codePointCount(0, s.length());
    }
}
