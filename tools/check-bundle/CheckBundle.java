// SPDX-License-Identifier: Apache-2.0
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/**
 * Prints the files of a bundle for Maven Central and what Central would refuse, after
 * https://central.sonatype.org/publish/requirements: ends with 1 if there is anything. Arguments: the zip file, and the
 * artifacts that a release consists of.
 */
final class CheckBundle {
    private static final List<String> CHECKSUMS = List.of("md5", "sha1", "sha256", "sha512");
    private final Map<String, byte[]> files = new TreeMap<>();
    private final Map<String, Element> poms = new LinkedHashMap<>(); // by group:artifact:version
    private final List<String> refused = new ArrayList<>();

    public static void main(String[] args) throws Exception {
        CheckBundle bundle = new CheckBundle();
        try (ZipFile zip = new ZipFile(Path.of(args[0]).toFile())) {
            for (ZipEntry entry : zip.stream().filter(e -> !e.isDirectory()).toList()) {
                bundle.files.put(entry.getName(), zip.getInputStream(entry).readAllBytes());
            }
        }
        bundle.check(new TreeSet<>(List.of(args).subList(1, args.length)));
        System.out.println("Central would refuse: " + (bundle.refused.isEmpty() ? "nothing" : ""));
        bundle.refused.forEach(sentence -> System.out.println("  " + sentence));
        System.exit(bundle.refused.isEmpty() ? 0 : 1);
    }

    private void check(TreeSet<String> expected) throws Exception {
        for (String file : files.keySet()) {
            if (file.endsWith(".pom")) {
                Element pom = parse(files.get(file));
                poms.put(coordinates(pom), pom);
            }
        }
        TreeSet<String> found = new TreeSet<>();
        TreeSet<String> folders = new TreeSet<>();
        for (String file : files.keySet()) {
            folders.add(file.substring(0, file.lastIndexOf('/') + 1));
        }
        for (String folder : folders) {
            found.add(checkArtifact(folder));
        }
        refuse(!found.equals(expected), "the bundle has " + found + ", a release is " + expected);
    }

    /** One folder is one artifact of one version; returns the artifact's name. */
    private String checkArtifact(String folder) throws Exception {
        String[] parts = folder.split("/");
        String version = parts[parts.length - 1];
        String artifact = parts[parts.length - 2];
        String group = String.join(".", List.of(parts).subList(0, parts.length - 2));
        String base = folder + artifact + "-" + version;
        System.out.println(group + ":" + artifact + ":" + version);

        refuse(version.endsWith("-SNAPSHOT"), folder + ": a snapshot is not a release");
        Element pom = poms.get(group + ":" + artifact + ":" + version);
        if (pom == null) {
            refuse(true, folder + ": no POM with these coordinates");
            return artifact;
        }
        checkPom(base + ".pom", pom);
        TreeSet<String> needed = new TreeSet<>(List.of(base + ".pom"));
        if (!"pom".equals(text(pom, "packaging"))) {
            needed.addAll(List.of(base + ".jar", base + "-sources.jar", base + "-javadoc.jar"));
        }
        for (String file : needed) {
            refuse(!files.containsKey(file), file + " is missing");
        }
        for (Map.Entry<String, byte[]> entry : files.entrySet()) {
            String file = entry.getKey();
            if (file.startsWith(folder) && !isCompanion(file)) {
                System.out.printf("  %,11d  %s%n", entry.getValue().length, file.substring(folder.length()));
                refuse(!file.startsWith(base + ".") && !file.startsWith(base + "-"), file + " has another name than its folder");
                checkCompanions(file, entry.getValue());
                if (file.endsWith(".jar")) {
                    checkJar(file, entry.getValue());
                }
            }
        }
        return artifact;
    }

    private static boolean isCompanion(String file) {
        String extension = file.substring(file.lastIndexOf('.') + 1);
        return extension.equals("asc") || CHECKSUMS.contains(extension);
    }

    private void checkCompanions(String file, byte[] content) throws Exception {
        byte[] signature = files.get(file + ".asc");
        refuse(
                signature == null
                        || !new String(signature, StandardCharsets.US_ASCII).startsWith("-----BEGIN PGP SIGNATURE-----"),
                file + " is not signed");
        for (String algorithm : CHECKSUMS) {
            byte[] given = files.get(file + "." + algorithm);
            boolean required = algorithm.equals("md5") || algorithm.equals("sha1");
            refuse(given == null && required, file + " has no ." + algorithm);
            if (given != null) {
                String name = algorithm.replaceFirst("sha(\\d)", "sha-$1");
                String sum = HexFormat.of().formatHex(MessageDigest.getInstance(name).digest(content));
                refuse(!new String(given, StandardCharsets.US_ASCII).strip().equals(sum), file + "." + algorithm + " is of another file");
            }
        }
    }

    private void checkJar(String file, byte[] content) throws IOException {
        boolean licence = false;
        int entries = 0;
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(content))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                entries += entry.isDirectory() ? 0 : 1;
                licence |= entry.getName().equals("META-INF/LICENSE");
            }
        }
        refuse(entries == 0, file + " is empty");
        refuse(!licence && !file.endsWith("-javadoc.jar"), file + " is without META-INF/LICENSE");
    }

    private void checkPom(String file, Element pom) {
        for (String name : List.of("name", "description")) {
            refuse(text(pom, name) == null, file + " has no " + name);
        }
        for (String name : List.of("url", "licenses/license/name", "developers/developer/name", "scm/connection", "scm/url")) {
            refuse(inherited(pom, name) == null, file + " has no " + name + ", nor has a parent in the bundle");
        }
        refuse(pom.getTextContent().contains("-SNAPSHOT"), file + " mentions a snapshot");
        refuse(child(pom, "repositories") != null, file + " names other repositories");
        Element parent = child(pom, "parent");
        refuse(parent != null && !poms.containsKey(coordinates(parent)), file + " has a parent that the bundle has not");
    }

    private String inherited(Element pom, String path) {
        String value = text(pom, path);
        Element parent = child(pom, "parent");
        Element above = value != null || parent == null ? null : poms.get(coordinates(parent));
        return above == null ? value : inherited(above, path);
    }

    private static String coordinates(Element pom) {
        String group = text(pom, "groupId") == null ? text(pom, "parent/groupId") : text(pom, "groupId");
        String version = text(pom, "version") == null ? text(pom, "parent/version") : text(pom, "version");
        return group + ":" + text(pom, "artifactId") + ":" + version;
    }

    private static String text(Element from, String path) {
        Element element = from;
        for (String name : path.split("/")) {
            element = element == null ? null : child(element, name);
        }
        return element == null || element.getTextContent().isBlank() ? null : element.getTextContent().strip();
    }

    private static Element child(Element parent, String name) {
        for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element element && element.getTagName().equals(name)) {
                return element;
            }
        }
        return null;
    }

    private static Element parse(byte[] xml) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(xml))
                .getDocumentElement();
    }

    private void refuse(boolean fault, String sentence) {
        if (fault) {
            refused.add(sentence);
        }
    }
}
