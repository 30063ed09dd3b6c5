// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each way a backend fails has its own sentence, made in a JVM that fails so, or from what such a one throws. */
class BackendFailureTest {
    private static final String BEGINNING = "unroll4j: the ND4J CPU backend of io.github.unroll4j:unroll4j-starter did"
            + " not start on " + Loader.getPlatform() + ": ";
    private static final String CLASS_PATH = System.getProperty("java.class.path");

    @TempDir
    Path folder;

    /** Every door to the backend, one after the other. */
    static final class Doors {
        private Doors() {}

        public static void main(String... args) {
            attempt(Backend::start);
            attempt(() -> NativeArray.allocate(Dtype.FLOAT, 1));
            attempt(Backend::describe);
            attempt(() -> Tensor.zeros(Dtype.FLOAT, 1).toINDArray());
        }

        private static void attempt(Runnable use) {
            try {
                use.run();
                System.out.println("no exception");
            } catch (IllegalStateException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    @Test
    void noBackend() throws IOException, InterruptedException {
        String without = without(jar -> jar.startsWith("nd4j-native"));
        assertThat(sentence(run(java(), "-cp", without)))
                .contains("there is none on the class path; add the dependency io.github.unroll4j:unroll4j-starter,"
                        + " and in Gradle io.github.unroll4j:unroll4j-backend-" + Loader.getPlatform() + " (");
    }

    /** As in a project that declares core and nothing else: JavaCPP's classes would have come with the backend. */
    @Test
    void noBackendAndNoJavaCpp() throws IOException, InterruptedException {
        String without = without(
                jar -> jar.startsWith("nd4j-native") || jar.startsWith("javacpp") || jar.startsWith("openblas"));
        assertThat(sentence(run(java(), "-cp", without))).contains("there is none on the class path; add");
    }

    @Test
    void nativesOfAnotherPlatform() throws IOException, InterruptedException {
        String other = Loader.getPlatform().equals("linux-arm64") ? "macosx-arm64" : "linux-arm64";
        String library = other.startsWith("linux") ? "libjnind4jcpu.so" : "libjnind4jcpu.dylib";
        Path natives = folder.resolve("org/nd4j/linalg/cpu/nativecpu/bindings/" + other);
        Files.createDirectories(natives);
        Files.createFile(natives.resolve(library));
        String without = without(jar -> jar.endsWith(Loader.getPlatform() + ".jar"));

        assertThat(sentence(run(java(), "-cp", folder + File.pathSeparator + without)))
                .contains("its native libraries are not all on the class path, but those of " + other
                        + "; build with mvn -Djavacpp.platform=" + Loader.getPlatform()
                        + ", or add the dependency io.github.unroll4j:unroll4j-backend-" + Loader.getPlatform() + " (");
    }

    @Test
    void nativesOfThisPlatformForAPlatformThatHasNone() throws IOException, InterruptedException {
        String said = run(java(), "-Dorg.bytedeco.javacpp.platform=linux-ppc64le", "-cp", CLASS_PATH);
        assertThat(said)
                .contains(
                        "did not start on linux-ppc64le: its native libraries are not all on the class path, but those"
                                + " of " + Loader.getPlatform() + "; there are natives for linux-x86_64, linux-arm64,");
    }

    /** A file where a folder is expected stops the administrator too, as tests may run as one. */
    @Test
    void cacheThatCannotBeWritten() throws IOException, InterruptedException {
        Path file = Files.createFile(folder.resolve("file"));
        String said = run(
                java(),
                "-Dorg.bytedeco.javacpp.cachedir=" + file,
                "-Duser.home=" + file,
                "-Djava.io.tmpdir=" + file,
                "-cp",
                CLASS_PATH);
        assertThat(sentence(said))
                .contains("the folder where JavaCPP unpacks its libraries cannot be written (tried in turn: " + file
                        + ", " + file + "/.javacpp/cache, " + file + "/.javacpp-")
                .contains("; start java with -Dorg.bytedeco.javacpp.cachedir=FOLDER, one that can be written");
    }

    @Test
    void runTimeOfTooFewModules() throws IOException, InterruptedException {
        Optional<ToolProvider> jlink = ToolProvider.findFirst("jlink");
        assumeTrue(jlink.isPresent(), "this JDK has no jlink");
        Path image = folder.resolve("image");
        int code = jlink.orElseThrow()
                .run(System.out, System.err, "--add-modules", "java.base", "--output", image.toString());
        assumeTrue(code == 0, "this JDK's jlink makes no image");

        assertThat(sentence(run(image.resolve("bin/java").toString(), "-cp", CLASS_PATH)))
                .contains("this Java run time has no java.logging and no jdk.unsupported; make it by jlink"
                        + " --add-modules java.base,java.logging,jdk.unsupported and what the program needs itself (");
    }

    /** The same classes under the name of another version: they start, so it is a warning. */
    @Test
    void mixedVersions() throws IOException, InterruptedException {
        Path classes = jars().filter(jar -> jar.getFileName().toString().matches("javacpp-[\\d.]+\\.jar"))
                .findFirst()
                .orElseThrow();
        Path older = Files.copy(classes, folder.resolve("javacpp-1.4.1.jar"));
        String said = run(java(), "-cp", older + File.pathSeparator + CLASS_PATH);

        assertThat(said)
                .contains("classes and natives of JavaCPP and OpenBLAS have to be of one version, and are mixed:"
                        + " javacpp-1.4.1.jar, javacpp-")
                .contains("; remove what declares org.bytedeco or org.nd4j by itself, so that all come from"
                        + " io.github.unroll4j:unroll4j-starter.")
                .contains("no exception");
    }

    @Test
    void oneVersionIsNoMixture() {
        assertThat(BackendFailure.mixture()).isEmpty();
    }

    static List<Arguments> thrown() {
        String library = "/home/u/.javacpp/cache/openblas.jar/org/bytedeco/openblas/libjniopenblas_nolapack.so: ";
        String glibc = "this system's C library is not glibc 2.27 or newer, and there are no natives for musl (Alpine)";
        String mixed = "classes and natives of JavaCPP and OpenBLAS have to be of one version, and come from ";
        return List.of(
                Arguments.of(
                        new UnsatisfiedLinkError(library
                                + "Error loading shared library ld-linux-x86-64.so.2: No such file or directory"
                                + " (needed by " + library + ")"),
                        glibc),
                Arguments.of(
                        new UnsatisfiedLinkError("Error relocating " + library + "__strdup: symbol not found"), glibc),
                Arguments.of(
                        new UnsatisfiedLinkError(
                                library + "/lib64/libm.so.6: version `GLIBC_2.27' not found (required by x)"),
                        glibc),
                Arguments.of(
                        new UnsatisfiedLinkError(library + "failed to map segment from shared object"),
                        "the folder where JavaCPP unpacks its libraries lets no library be run, as on a file system"
                                + " mounted noexec (tried in turn: "),
                Arguments.of(
                        new IOException("No space left on device"),
                        "the folder where JavaCPP unpacks its libraries cannot be written"),
                Arguments.of(new NoSuchMethodError("'long org.bytedeco.javacpp.Pointer.physicalBytes()'"), mixed),
                Arguments.of(new UnsatisfiedLinkError("'void org.bytedeco.javacpp.Loader.touch(long)'"), mixed),
                Arguments.of(new NoClassDefFoundError("org/bytedeco/javacpp/chrono/Hours"), mixed),
                Arguments.of(
                        new NoClassDefFoundError("java/sql/Date"),
                        "this Java run time has no java.sql.Date; add its module to those of jlink"),
                Arguments.of(
                        new UnsatisfiedLinkError("Could not find jnind4jcpu in class, module, and library paths."),
                        "its native libraries are not all on the class path; build with mvn -Djavacpp.platform="),
                Arguments.of(
                        new ArithmeticException("never seen"),
                        "the cause is below; depend on io.github.unroll4j:unroll4j-starter alone"));
    }

    /** However deep it lies; ND4J and the JVM wrap what their static initialisers throw. */
    @ParameterizedTest
    @MethodSource("thrown")
    void theSentenceIsThatOfTheCause(Throwable cause, String sentence) {
        Throwable failure = new ExceptionInInitializerError(new IllegalArgumentException("wrapped", cause));
        assertThat(BackendFailure.explain(failure))
                .startsWith(BEGINNING + sentence)
                .endsWith(" (" + cause + ").")
                .doesNotContain("\n");
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static Stream<Path> jars() {
        return Arrays.stream(CLASS_PATH.split(File.pathSeparator, -1)).map(Path::of);
    }

    private static String without(Predicate<String> names) {
        return jars().filter(jar -> !names.test(jar.getFileName().toString()))
                .map(Path::toString)
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** What the doors say in a JVM of their own. */
    private String run(String... command) throws IOException, InterruptedException {
        Path output = folder.resolve("output.txt");
        List<String> all = new ArrayList<>(List.of(command));
        all.add(Doors.class.getName());
        Process process = new ProcessBuilder(all)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        boolean ended = process.waitFor(2, TimeUnit.MINUTES);
        if (!ended) {
            process.destroyForcibly();
        }
        String said = Files.readString(output, StandardCharsets.UTF_8);
        assertThat(ended).as(said).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
        return said;
    }

    /** The one sentence that all doors say. */
    private static String sentence(String said) {
        List<String> sentences =
                said.lines().filter(line -> line.startsWith("unroll4j: ")).toList();
        assertThat(sentences).as(said).hasSize(4);
        assertThat(sentences.stream().distinct()).singleElement().asString().startsWith(BEGINNING);
        return sentences.get(0);
    }
}
