// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.tensor;

import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Why the backend did not start, and what helps, in one sentence. Told from what was thrown and from what is on the
 * class path. Nothing of ND4J and JavaCPP is named as a class here: they may be what is missing.
 */
final class BackendFailure {
    private static final String STARTER = "io.github.unroll4j:unroll4j-starter";
    private static final List<String> PLATFORMS =
            List.of("linux-x86_64", "linux-arm64", "macosx-x86_64", "macosx-arm64", "windows-x86_64");
    /** Of the run time, beside java.base. */
    private static final List<String> MODULES = List.of("java.logging", "jdk.unsupported");
    /** What the natives of one platform take in the cache: 410 MB for Linux. */
    private static final long UNPACKED = 450_000_000;

    /** The innermost jar of an address: some programs are jars of jars. */
    private static final Pattern JAR = Pattern.compile("([^/!]+\\.jar)!/[^!]*$");

    private static final Pattern JAVACPP =
            Pattern.compile("(?:javacpp|openblas-\\d[\\d.]*)-(\\d[\\d.]*\\d)(?:-[a-z0-9_-]+)?\\.jar");

    private BackendFailure() {}

    /** The sentence of a failed start. */
    static String explain(Throwable failure) {
        List<Throwable> chain =
                Stream.iterate(failure, Objects::nonNull, Throwable::getCause).toList();
        Throwable root = chain.get(chain.size() - 1);
        String said = Objects.requireNonNullElse(root.getMessage(), "");
        String reason = reason(chain, root, said);
        return "unroll4j: the ND4J CPU backend of " + STARTER + " did not start on " + platform() + ": " + reason + " ("
                + root.toString().replaceAll("\\s+", " ") + ").";
    }

    private static String reason(List<Throwable> chain, Throwable root, String said) {
        List<String> modules = MODULES.stream()
                .filter(name -> ModuleLayer.boot().findModule(name).isEmpty())
                .toList();
        if (!modules.isEmpty()) {
            return "this Java run time has no " + String.join(" and no ", modules)
                    + "; make it by jlink --add-modules java.base," + String.join(",", MODULES)
                    + " and what the program needs itself";
        }
        if (isMissing(root, "java.", "javax.", "sun.", "jdk.")) {
            return "this Java run time has no " + className(said) + "; add its module to those of jlink";
        }
        if (root.getClass().getSimpleName().equals("NoAvailableBackendException")
                || (isMissing(root, "org.bytedeco.", "org.nd4j.") && !found("org/bytedeco/javacpp/Loader.class"))) {
            return "there is none on the class path; add the dependency " + STARTER
                    + ", and in Gradle io.github.unroll4j:unroll4j-backend-" + platform();
        }
        if (root instanceof IOException) { // all that the start reads and writes are the libraries that it unpacks
            return cache("cannot be written");
        }
        if (root instanceof UnsatisfiedLinkError && said.startsWith("Could not find jni")) {
            return natives();
        }
        if (said.contains("failed to map segment from shared object")) {
            return cache("lets no library be run, as on a file system mounted noexec");
        }
        if (said.matches("(?s).*(Error loading shared library|Error relocating|GLIBC(XX)?_\\d).*")) {
            return "this system's C library is not glibc 2.27 or newer, and there are no natives for musl (Alpine) or an"
                    + " older one; use an image of Debian, Ubuntu or the like";
        }
        if (root instanceof UnsatisfiedLinkError && spaceLeft() < UNPACKED && said.contains("shared object")) {
            return cache("is full");
        }
        Optional<String> mixture = mixture();
        if (mixture.isPresent()) {
            return mixture.get();
        }
        if (chain.stream().anyMatch(BackendFailure::isOfAnotherVersion)) {
            return mixed("come from " + String.join(", ", jars()));
        }
        return "the cause is below; depend on " + STARTER + " alone for ND4J, JavaCPP and OpenBLAS, and see"
                + " docs/troubleshooting.md of unroll4j";
    }

    /** What to say of JavaCPP's and OpenBLAS's jars if they are of several versions; they may start all the same. */
    static Optional<String> mixture() {
        Set<String> versions = new LinkedHashSet<>();
        for (String jar : jars()) {
            Matcher name = JAVACPP.matcher(jar);
            if (name.matches()) {
                versions.add(name.group(1));
            }
        }
        return versions.size() < 2 ? Optional.empty() : Optional.of(mixed("are mixed: " + String.join(", ", jars())));
    }

    private static String mixed(String how) {
        return "classes and natives of JavaCPP and OpenBLAS have to be of one version, and " + how
                + "; remove what declares org.bytedeco or org.nd4j by itself, so that all come from " + STARTER;
    }

    private static boolean isOfAnotherVersion(Throwable t) {
        return t instanceof IncompatibleClassChangeError // no such method or field, among others
                || (t instanceof UnsatisfiedLinkError
                        && String.valueOf(t.getMessage()).startsWith("'"))
                || isMissing(t, "org.bytedeco.", "org.nd4j.");
    }

    private static boolean isMissing(Throwable t, String... prefixes) {
        String name = className(String.valueOf(t.getMessage()));
        return (t instanceof NoClassDefFoundError || t instanceof ClassNotFoundException)
                && Stream.of(prefixes).anyMatch(name::startsWith);
    }

    private static String className(String said) {
        return said.replace('/', '.');
    }

    private static String natives() {
        String platform = platform();
        List<String> others = PLATFORMS.stream()
                .filter(Predicate.not(platform::equals))
                .filter(other -> found(openblas(other)) || found(nd4j(other)))
                .toList();
        String what = "its native libraries are not all on the class path"
                + (others.isEmpty() ? "" : ", but those of " + String.join(", ", others));
        if (!PLATFORMS.contains(platform)) {
            return what + "; there are natives for " + String.join(", ", PLATFORMS);
        }
        return what + "; build with mvn -Djavacpp.platform=" + platform
                + ", or add the dependency io.github.unroll4j:unroll4j-backend-" + platform;
    }

    private static String cache(String how) {
        return "the folder where JavaCPP unpacks its libraries " + how + " (tried in turn: "
                + String.join(", ", caches())
                + "); start java with -Dorg.bytedeco.javacpp.cachedir=FOLDER, one that can"
                + " be written, with 0.5 GB free and not mounted noexec";
    }

    /** Where JavaCPP looks for a folder, as it says itself in {@code Loader.getCacheDir}. */
    private static List<String> caches() {
        List<String> folders = new ArrayList<>();
        String given = System.getProperty("org.bytedeco.javacpp.cachedir");
        if (given != null) {
            folders.add(given);
        }
        folders.add(System.getProperty("user.home") + "/.javacpp/cache");
        folders.add(System.getProperty("java.io.tmpdir") + "/.javacpp-" + System.getProperty("user.name") + "/cache");
        return folders;
    }

    private static long spaceLeft() {
        return caches().stream()
                .map(File::new)
                .filter(File::isDirectory)
                .findFirst()
                .map(File::getUsableSpace)
                .orElse(Long.MAX_VALUE);
    }

    /** The jars of JavaCPP's and OpenBLAS's classes and natives, or the one jar that has them all. */
    private static List<String> jars() {
        String platform = platform();
        return Stream.of(
                        "org/bytedeco/javacpp/Loader.class",
                        "org/bytedeco/javacpp/" + platform + "/" + library("jnijavacpp", platform),
                        "org/bytedeco/openblas/global/openblas_nolapack.class",
                        openblas(platform))
                .map(BackendFailure::resource)
                .filter(Objects::nonNull)
                .map(url -> JAR.matcher(url.toString()))
                .filter(Matcher::find)
                .map(jar -> jar.group(1))
                .distinct()
                .toList();
    }

    private static String openblas(String platform) {
        return "org/bytedeco/openblas/" + platform + "/" + library("jniopenblas_nolapack", platform);
    }

    private static String nd4j(String platform) {
        return "org/nd4j/linalg/cpu/nativecpu/bindings/" + platform + "/" + library("jnind4jcpu", platform);
    }

    private static String library(String name, String platform) {
        if (platform.startsWith("windows")) {
            return name + ".dll";
        }
        return "lib" + name + (platform.startsWith("macosx") ? ".dylib" : ".so");
    }

    private static boolean found(String resource) {
        return resource(resource) != null;
    }

    private static @Nullable URL resource(String name) {
        ClassLoader loader = BackendFailure.class.getClassLoader();
        return loader == null ? ClassLoader.getSystemResource(name) : loader.getResource(name);
    }

    /** As JavaCPP names it. */
    private static String platform() {
        String name = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String os = name.startsWith("mac") ? "macosx" : name.startsWith("windows") ? "windows" : name.replace(" ", "");
        String arch = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        String known =
                arch.equals("amd64") || arch.equals("x86-64") ? "x86_64" : arch.startsWith("aarch64") ? "arm64" : arch;
        return System.getProperty("org.bytedeco.javacpp.platform", os + "-" + known);
    }
}
