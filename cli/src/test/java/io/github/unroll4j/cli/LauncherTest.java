// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The launchers in surroundings that are odd but legal: the project is a copy, built, in a path with blanks. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the launchers of Windows are other files")
class LauncherTest {
    private static final Path ROOT = Path.of("..");

    @TempDir
    Path folder;

    private Path home;

    @BeforeEach
    void copyTheProject() throws IOException {
        home = Files.createDirectories(folder.resolve("my own/un roll"));
        for (String file : List.of("cli/unroll4j", "cli/launch.sh", "examples/run", "examples/examples.txt")) {
            Path copy = home.resolve(file);
            Files.createDirectories(copy.getParent());
            Files.copy(ROOT.resolve(file), copy);
            assertThat(copy.toFile().setExecutable(true)).isTrue();
        }
        for (String module : List.of("cli", "examples")) {
            Files.createDirectories(home.resolve(module).resolve("src/main"));
            Files.writeString(home.resolve(module).resolve("pom.xml"), "");
        }
        Files.createDirectories(home.resolve("cli/src/main/java/io/github/unroll4j/cli"));
        Files.writeString(home.resolve("cli/src/main/java/io/github/unroll4j/cli/Generate.java"), "");
        Files.writeString(home.resolve("pom.xml"), "");
        Path jar = folder.resolve("all.jar");
        writeJarOfTheClassPath(jar);
        Files.createDirectories(home.resolve("cli/target"));
        Files.writeString(home.resolve("cli/target/run.classpath"), jar.toString());
    }

    private static void writeJarOfTheClassPath(Path jar) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes()
                .put(
                        Attributes.Name.CLASS_PATH,
                        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                                .map(entry -> Path.of(entry).toUri().toString())
                                .collect(Collectors.joining(" ")));
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream closed = new JarOutputStream(out, manifest)) {
            closed.flush();
        }
    }

    private Ran run(Map<String, String> environment, String... command) throws IOException, InterruptedException {
        Path out = folder.resolve("stdout");
        Path err = folder.resolve("stderr");
        ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(List.of(command)))
                .directory(home.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        Map<String, String> all = builder.environment();
        List.of("LC_ALL", "LC_CTYPE", "LANG", "CDPATH", "JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS", "OMP_NUM_THREADS")
                .forEach(all::remove);
        all.put("JAVA_HOME", System.getProperty("java.home"));
        all.putAll(environment);
        int code = builder.start().waitFor();
        return new Ran(code, Files.readString(out), Files.readString(err, StandardCharsets.UTF_8));
    }

    /** A Java that prints what it is given. */
    private Map<String, String> javaThatTells() throws IOException {
        Path java = Files.createDirectories(folder.resolve("java home/bin")).resolve("java");
        Files.writeString(java, """
            #!/usr/bin/env bash
            [ "$1" != -version ] || { echo 'openjdk version "17.0.1"' >&2; exit; }
            echo "LC_ALL=${LC_ALL:-} OMP_NUM_THREADS=$OMP_NUM_THREADS $*"
            """);
        assertThat(java.toFile().setExecutable(true)).isTrue();
        return Map.of("JAVA_HOME", folder.resolve("java home").toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"cli/unroll4j", "examples/run"})
    void aPathThatCdSearchesChangesNothing(String launcher) throws IOException, InterruptedException {
        Ran ran = run(Map.of("CDPATH", ".:/tmp:" + home), launcher, "--version");
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.out()).startsWith("unroll4j ");
        assertThat(ran.err()).isEmpty();
    }

    @Test
    void aJavaHomeThatIsWrongIsNamed() throws IOException, InterruptedException {
        Ran ran = run(Map.of("JAVA_HOME", "/no where"), "examples/run", "--version");
        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(ran.err())
                .isEqualTo("examples/run: JAVA_HOME is /no where, where there is no bin/java; set it to the folder of a"
                        + " JDK, 17 or newer, or unset it\n");
    }

    /** The last of them is installed nowhere. */
    @ParameterizedTest
    @ValueSource(strings = {"", "C", "POSIX", "xx_XX.UTF-8"})
    void argumentsAndFileNamesAreReadAsTyped(String locale) throws IOException, InterruptedException {
        assumeTrue(hasUtf8(), "this system has no locale of UTF-8");
        Ran ran = run(Map.of("LC_ALL", locale), "cli/unroll4j", "géneräte");
        assertThat(ran.exitCode()).isEqualTo(2);
        assertThat(ran.err()).contains("there is no géneräte;");
        ran = run(Map.of("LANG", locale), "cli/unroll4j", "generate", "modèle 年.safetensors");
        assertThat(ran.err()).contains("generate: modèle 年.safetensors: there is no such file");
    }

    private boolean hasUtf8() throws IOException, InterruptedException {
        return run(Map.of("LC_ALL", "C.UTF-8"), "locale", "charmap")
                .out()
                .strip()
                .equals("UTF-8");
    }

    @Test
    void anInstalledLocaleStays() throws IOException, InterruptedException {
        assumeTrue(hasUtf8(), "this system has no locale of UTF-8");
        Map<String, String> environment = new HashMap<>(javaThatTells());
        environment.put("LC_ALL", "C.UTF-8");
        assertThat(run(environment, "cli/unroll4j", "--version").out()).startsWith("LC_ALL=C.UTF-8 ");
        environment.remove("LC_ALL");
        environment.put("LANG", "C.UTF-8");
        assertThat(run(environment, "cli/unroll4j", "--version").out()).startsWith("LC_ALL= ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cli/unroll4j", "examples/run"})
    void printedCommandsCanBePastedFromAPathWithBlanks(String launcher) throws IOException, InterruptedException {
        Ran ran = run(Map.of(), home.resolve(launcher).toString(), "generate");
        assertThat(ran.exitCode()).isEqualTo(2);
        String printed = ran.err().replaceAll("(?s).*\\(see (.*)\\)\\s*", "$1");
        assertThat(printed).isEqualTo("'" + home.resolve(launcher) + "' generate --help");
        Ran pasted = run(Map.of(), "bash", "-c", printed);
        assertThat(pasted.exitCode()).as(pasted.err()).isZero();
        assertThat(pasted.out().replaceAll("\\s+", " "))
                .startsWith("Usage: '" + home.resolve(launcher) + "' generate ");
    }

    @Test
    void aNameThatIsNotThereIsToldWithACommandThatCanBePasted() throws IOException, InterruptedException {
        Ran ran = run(Map.of(), home.resolve("examples/run").toString(), "char-lst");
        assertThat(ran.exitCode()).isEqualTo(2);
        assertThat(ran.err()).contains("there is no char-lst; did you mean char-rnn or char-lstm");
        Ran pasted = run(Map.of(), "bash", "-c", ran.err().replaceAll("(?s).*\\(see (.*)\\)\\s*", "$1"));
        assertThat(pasted.out()).isEqualTo(Files.readString(home.resolve("examples/examples.txt")));
    }

    @Test
    void threadsAreThoseOfTheFlagAlsoInAFile() throws IOException, InterruptedException {
        Path file = Files.writeString(folder.resolve("my.args"), "--seed 7\n--threads\n  3\n");
        Map<String, String> java = javaThatTells();
        assertThat(run(java, "cli/unroll4j", "train-lm").out()).contains("OMP_NUM_THREADS=1 ");
        assertThat(run(java, "cli/unroll4j", "train-lm", "--threads", "2").out())
                .contains("OMP_NUM_THREADS=2 ");
        assertThat(run(java, "cli/unroll4j", "train-lm", "@" + file).out()).contains("OMP_NUM_THREADS=3 ");
        assertThat(run(java, "cli/unroll4j", "train-lm", "@none", "--threads=4").out())
                .contains("OMP_NUM_THREADS=4 ");
    }
}
