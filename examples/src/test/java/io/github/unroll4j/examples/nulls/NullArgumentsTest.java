// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples.nulls;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.lm.LanguageModel;
import io.github.unroll4j.optim.Optimizer;
import io.github.unroll4j.plots.Heatmap;
import io.github.unroll4j.text.Vocabulary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Whoever passes null where none is allowed is told which argument it was: by every public constructor and method of
 * the published modules, for each argument in turn. What may be null says {@link Nullable}.
 *
 * <p>The name of the argument stands in the message. {@code Objects.requireNonNull} puts it there where an argument is
 * kept for later or looked at last; where it is used at once, the message of the JVM has it, since the classes are
 * compiled with the names of their variables.
 */
class NullArgumentsTest {
    /** One class of each published module, whose place tells where the others are. */
    private static final List<Class<?>> MODULES =
            List.of(Vec.class, Optimizer.class, Vocabulary.class, LanguageModel.class, Heatmap.class);

    /**
     * Where no check belongs: what runs at each time step uses its arrays at once, and the JVM says where; a handle is
     * asked whether it is of a layout, and of none it is not; of a failure that is being told nothing is to be hidden;
     * and a listener that does nothing with what it is told needs none.
     */
    private static final Set<String> EXCEPTIONS = Set.of(
            "CellLayer.step",
            "CellLayer.stepBack",
            "Stack.step",
            "Stack.stepBack",
            "Residual.step",
            "Residual.stepBack",
            "Dropout.step",
            "Dropout.stepBack",
            "Attention.forward",
            "Attention.backward",
            "Lengths.clearPadding",
            "Slab.put",
            "Slab.get",
            "Slab.addTo",
            "NativeMatrix.put",
            "NativeMatrix.get",
            "NativeMatrix.addTo",
            "Vec.dot",
            "Handle.of",
            "ShapeException.of",
            "TrainListener.onEvaluation",
            "TrainListener.onEnd",
            "BestModel.onEvaluation");

    /** Words for a sentence that is about something else: it reads "null" there. */
    private static final Set<String> WORDING = Set.of("where", "what", "hint", "message");

    @TestFactory
    Stream<DynamicTest> aNullArgumentIsNamed() {
        return publicClasses()
                .map(type -> DynamicTest.dynamicTest(type.getName(), () -> {
                    List<String> silent = new ArrayList<>();
                    executables(type).forEach(call -> silent.addAll(silent(type, call)));
                    assertThat(silent).isEmpty();
                }));
    }

    /** The arguments of a call that are null without being named. */
    private static List<String> silent(Class<?> type, Executable call) {
        List<String> found = new ArrayList<>();
        if (EXCEPTIONS.contains(describe(call))) {
            return found;
        }
        for (int i = 0; i < call.getParameterCount(); i++) {
            Parameter argument = call.getParameters()[i];
            if (argument.getType().isPrimitive()
                    || WORDING.contains(argument.getName())
                    || argument.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
                continue;
            }
            try (Samples samples = new Samples()) {
                @Nullable Object[] arguments = samples.of(call, i);
                String answer = answer(call, samples.receiver(type, call), arguments);
                if (!names(answer, argument.getName())) {
                    found.add(describe(call) + ", " + argument.getName() + ": " + answer);
                }
            }
        }
        return found;
    }

    private static boolean names(String answer, String argument) {
        return Pattern.compile(
                        "(?U)^(NullPointer|IllegalArgument|Shape)Exception: .*?(?<!\\w)" + argument + "(?!\\w).*",
                        Pattern.DOTALL)
                .matcher(answer)
                .matches();
    }

    private static String answer(Executable call, @Nullable Object receiver, @Nullable Object[] arguments) {
        call.setAccessible(true); // a public method may stand in a class that is not
        try {
            Object returned = call instanceof Constructor<?> made
                    ? made.newInstance(arguments)
                    : ((Method) call).invoke(receiver, arguments);
            return "returned "
                    + (returned == null ? "null" : returned.getClass().getSimpleName());
        } catch (InvocationTargetException e) {
            Throwable thrown = Objects.requireNonNull(e.getCause());
            return thrown.getClass().getSimpleName() + ": " + thrown.getMessage();
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(call.toString(), e);
        }
    }

    private static String describe(Executable call) {
        return call.getDeclaringClass().getSimpleName() + "." + (call instanceof Method m ? m.getName() : "new");
    }

    /** The public constructors and methods of a class that have code, but for those that the compiler writes. */
    private static Stream<Executable> executables(Class<?> type) {
        Stream<Executable> methods = Stream.of(type.getMethods())
                .filter(m -> m.getDeclaringClass().getName().startsWith("io.github.unroll4j"))
                .filter(m -> m.getDeclaringClass() == type
                        || !Modifier.isPublic(m.getDeclaringClass().getModifiers()))
                .filter(m -> !m.isSynthetic() && !Modifier.isAbstract(m.getModifiers()))
                .filter(m -> !m.getName().equals("equals")
                        && !(type.isEnum() && m.getName().equals("valueOf")))
                .map(m -> m);
        return Stream.concat(Stream.of(type.getConstructors()), methods);
    }

    private static Stream<Class<?>> publicClasses() {
        return MODULES.stream()
                .flatMap(module -> names(module).stream())
                .sorted()
                .<Class<?>>map(NullArgumentsTest::load)
                .filter(NullArgumentsTest::isPublic);
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, NullArgumentsTest.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new AssertionError(name, e);
        }
    }

    private static boolean isPublic(Class<?> type) {
        return Modifier.isPublic(type.getModifiers())
                && (type.getEnclosingClass() == null || isPublic(type.getEnclosingClass()));
    }

    /** All classes beside one, in its folder or jar, but for internal ones. */
    private static List<String> names(Class<?> module) {
        try {
            URI place =
                    module.getProtectionDomain().getCodeSource().getLocation().toURI();
            if (!place.getPath().endsWith(".jar")) {
                return names(Path.of(place));
            }
            try (FileSystem jar = FileSystems.newFileSystem(Path.of(place), Map.of())) {
                return names(jar.getPath("/"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new AssertionError(module.getName(), e);
        }
    }

    private static List<String> names(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.map(file -> root.relativize(file).toString().replace('\\', '/'))
                    .filter(file ->
                            file.endsWith(".class") && !file.endsWith("-info.class") && !file.contains("/internal/"))
                    .map(file ->
                            file.substring(0, file.length() - ".class".length()).replace('/', '.'))
                    .sorted(Comparator.naturalOrder())
                    .toList();
        }
    }
}
