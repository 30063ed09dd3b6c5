// SPDX-License-Identifier: Apache-2.0
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.gradle.api.Project;
import org.gradle.testfixtures.ProjectBuilder;

/**
 * Resolves the class paths of build.gradle where Gradle itself cannot be had: its engine, which is on Maven Central as
 * dev.gradleplugins:gradle-api, evaluates the build file without its plugins block and prints one file a line. Arguments:
 * the build file, the Gradle user home, the configuration, and properties as name=value.
 */
final class Resolve {
    public static void main(String[] args) {
        int code = 1;
        try {
            resolve(args);
            code = 0;
        } catch (Throwable e) { // an error of the build file may be one of the class loader
            e.printStackTrace();
        } finally {
            System.exit(code); // the engine's threads would wait for another build
        }
    }

    private static void resolve(String... args) throws IOException {
        Path build = Path.of(args[0]).toAbsolutePath();
        Path copy = Files.createTempFile("build", ".gradle");
        try {
            Files.writeString(copy, Files.readString(build).replaceFirst("(?s)plugins \\{.*?\\}", ""));
            Project project = ProjectBuilder.builder()
                    .withProjectDir(build.getParent().toFile())
                    .withGradleUserHomeDir(Path.of(args[1]).toAbsolutePath().toFile())
                    .build();
            for (int i = 3; i < args.length; i++) {
                String[] property = args[i].split("=", 2);
                project.getExtensions().getExtraProperties().set(property[0], property[1]);
            }
            project.getPluginManager().apply("application");
            project.apply(Map.of("from", copy.toFile()));
            project.getConfigurations().getByName(args[2]).getFiles().forEach(System.out::println);
        } finally {
            Files.delete(copy);
        }
    }
}
