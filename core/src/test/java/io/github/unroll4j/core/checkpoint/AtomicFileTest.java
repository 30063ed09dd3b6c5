// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.checkpoint;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A save fails at each of its steps, in turn. Checks what is then on the disk. */
class AtomicFileTest {
    private final Checkpoint old =
            Checkpoint.builder().put("a", new int[] {1}).metadata("age", "old").build();
    private final Checkpoint fresh = Checkpoint.builder()
            .put("b", new long[1000])
            .put("c", new int[7])
            .metadata("age", "new")
            .build();

    @TempDir
    private Path folder;

    private Path file;
    private Path temporary;

    @BeforeEach
    void saveTheOldOne() {
        file = folder.resolve("model.safetensors");
        temporary = folder.resolve("model.safetensors.tmp");
        old.save(file);
    }

    /** How a step fails. */
    private enum Fault {
        /** The call throws, and later calls work: a full disk. */
        ERROR,
        /** The call is half done, and nothing works afterwards, not even the clean-up: a power cut. */
        POWER_CUT
    }

    /** Counts the steps and lets one of them fail. */
    private static final class FaultyDisk extends Disk {
        final List<String> steps = new ArrayList<>();
        private final int failing;
        private final Fault fault;

        FaultyDisk(int failing, Fault fault) {
            this.failing = failing;
            this.fault = fault;
        }

        private boolean fails(String step) {
            steps.add(step);
            return steps.size() == failing + 1 || (fault == Fault.POWER_CUT && steps.size() > failing);
        }

        private void step(String step) throws IOException {
            if (fails(step)) {
                throw new IOException("planted at " + step);
            }
        }

        @Override
        OutputStream create(Path path, FileAttribute<?>... attributes) throws IOException {
            step("create");
            return super.create(path, attributes);
        }

        @Override
        void write(OutputStream out, ByteBuffer bytes) throws IOException {
            if (fails("write")) {
                super.write(out, bytes.duplicate().limit(bytes.position() + bytes.remaining() / 2));
                throw new IOException("planted at write");
            }
            super.write(out, bytes);
        }

        @Override
        void force(Path path) throws IOException {
            step("force");
            super.force(path);
        }

        @Override
        void move(Path from, Path to) throws IOException {
            step("move");
            super.move(from, to);
        }

        @Override
        void forceFolder(Path path) throws IOException {
            step("force folder");
            super.forceFolder(path);
        }

        @Override
        void delete(Path path) throws IOException {
            step("delete");
            super.delete(path);
        }
    }

    private static List<String> stepsOfASave(Checkpoint checkpoint, Path file) {
        FaultyDisk disk = new FaultyDisk(Integer.MAX_VALUE - 1, Fault.ERROR);
        SafetensorsWriter.write(checkpoint, file, disk);
        return disk.steps;
    }

    @Test
    void theStepsOfASaveAreInOrder() {
        assertThat(stepsOfASave(fresh, folder.resolve("other.safetensors")))
                .containsExactly("create", "write", "write", "write", "write", "force", "move", "force folder");
    }

    @ParameterizedTest
    @EnumSource
    void aFailureAtAnyStepLeavesTheOldOrTheNewFile(Fault fault) throws IOException {
        List<String> steps = stepsOfASave(fresh, folder.resolve("other.safetensors"));
        for (int failing = 0; failing < steps.size(); failing++) {
            old.save(file);
            FaultyDisk disk = new FaultyDisk(failing, fault);
            if (steps.get(failing).equals("force folder")) {
                SafetensorsWriter.write(fresh, file, disk); // the move is done; some systems cannot force folders
                assertThat(Samples.content(Checkpoint.load(file))).isEqualTo(Samples.content(fresh));
            } else {
                assertThatThrownBy(() -> SafetensorsWriter.write(fresh, file, disk))
                        .isInstanceOf(CheckpointException.class)
                        .hasMessage(file + ": cannot be saved: IOException (planted at " + steps.get(failing)
                                + "); what was saved there before is unchanged.");
                assertThat(Samples.content(Checkpoint.load(file))).isEqualTo(Samples.content(old));
            }
            boolean leftOver = fault == Fault.POWER_CUT && failing > 0 && failing < steps.indexOf("force folder");
            assertThat(Files.exists(temporary)).isEqualTo(leftOver);
            // and the next save works, whatever the failed one left behind
            fresh.save(file);
            assertThat(Samples.content(Checkpoint.load(file))).isEqualTo(Samples.content(fresh));
            assertThat(temporary).doesNotExist();
        }
    }

    @Test
    void aFileSystemThatCannotReplaceIsNamed() {
        Disk disk = new Disk() {
            @Override
            void move(Path from, Path to) throws IOException {
                throw new AtomicMoveNotSupportedException(from.toString(), to.toString(), "another device");
            }
        };

        assertThatThrownBy(() -> SafetensorsWriter.write(fresh, file, disk))
                .isInstanceOf(CheckpointException.class)
                .hasMessage(
                        file + ": cannot be saved: this file system cannot replace a file in one step; save to a local"
                                + " disk; what was saved there before is unchanged.");
    }

    @Test
    void aFullDiskIsNamed() {
        Disk disk = new Disk() {
            @Override
            void force(Path path) throws IOException {
                throw new FileSystemException("No space left on device");
            }
        };

        assertThatThrownBy(() -> SafetensorsWriter.write(fresh, file, disk))
                .hasMessage(
                        file + ": cannot be saved: FileSystemException (No space left on device); what was saved there"
                                + " before is unchanged.");
    }

    @Test
    void aMissingFolderIsNamed() {
        Path lost = folder.resolve("runs").resolve("model.safetensors");

        assertThatThrownBy(() -> fresh.save(lost))
                .isInstanceOf(CheckpointException.class)
                .hasMessage(lost + ": cannot be saved: there is no folder " + lost.getParent() + ".");
    }

    @Test
    void aFolderIsNotReplaced() {
        assertThatThrownBy(() -> fresh.save(folder))
                .isInstanceOf(CheckpointException.class)
                .hasMessage(folder + ": cannot be saved: a folder of that name exists.");
    }

    private Path link(String name, Path to) {
        try {
            return Files.createSymbolicLink(folder.resolve(name), to);
        } catch (IOException | UnsupportedOperationException e) {
            assumeTrue(false, "this system makes no symbolic links for this user");
            return to;
        }
    }

    @Test
    void aPlantedLinkUnderTheTemporaryNameIsNotFollowed() throws IOException {
        Path victim = Files.writeString(folder.resolve("victim"), "precious");
        Path linked = link("model.safetensors.tmp", victim);

        fresh.save(file);

        assertThat(victim).hasContent("precious");
        assertThat(Files.exists(linked, NOFOLLOW_LINKS)).isFalse();
        assertThat(Samples.content(Checkpoint.load(file))).isEqualTo(Samples.content(fresh));
    }

    @Test
    void aLinkIsReplacedAndNotFollowed() throws IOException {
        Path victim = Files.writeString(folder.resolve("victim"), "precious");
        Path missing = folder.resolve("missing");
        for (Path to : List.of(victim, missing)) {
            Path linked = link("to " + to.getFileName(), to);
            fresh.save(linked);
            assertThat(Files.isSymbolicLink(linked)).isFalse();
            assertThat(Samples.content(Checkpoint.load(linked))).isEqualTo(Samples.content(fresh));
        }
        assertThat(victim).hasContent("precious");
        assertThat(missing).doesNotExist();
    }

    @Test
    void aHardLinkedFileIsNotWrittenInto() throws IOException {
        Path victim = Files.writeString(folder.resolve("victim"), "precious");
        for (Path name : List.of(file, temporary)) {
            Files.deleteIfExists(name);
            Files.createLink(name, victim);
            fresh.save(file);
            assertThat(victim).hasContent("precious");
        }
    }

    @Test
    void whatIsNeitherFileNorLinkIsNotRemoved() throws IOException {
        Files.createDirectory(temporary);

        assertThatThrownBy(() -> fresh.save(file))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("a folder or a device of that name exists, where the new file is written");
        assertThat(temporary).isDirectory();
        assertThat(Samples.content(Checkpoint.load(file))).isEqualTo(Samples.content(old));
    }

    @Test
    void devicesAndPipesAreNotReplaced() throws IOException, InterruptedException {
        Path nothing = Path.of("/dev/null");
        assumeTrue(Files.exists(nothing), "this system has no /dev/null");
        Path pipe = folder.resolve("pipe");
        assumeTrue(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0, "no pipe can be made");
        for (Path device : List.of(nothing, pipe, link("to a device", nothing))) {
            assertThatThrownBy(() -> fresh.save(device))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessage(device
                            + ": cannot be saved: it is a device, a pipe or a socket, expected a file or nothing.");
            assertThat(Files.readAttributes(device, BasicFileAttributes.class).isOther())
                    .isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-------", "r--------", "rw-rw----", "rw-rw-rw-", "rwxr-x---", "---------"})
    void rightsAreThoseOfTheFileThatIsReplaced(String rights) throws IOException {
        assumeTrue(Files.getFileStore(folder).supportsFileAttributeView("posix"), "this system has no such rights");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(rights));
        Set<String> onTheWay = new TreeSet<>();

        SafetensorsWriter.write(fresh, file, new Disk() {
            @Override
            void write(OutputStream out, ByteBuffer bytes) throws IOException {
                onTheWay.add(PosixFilePermissions.toString(Files.getPosixFilePermissions(temporary)));
                super.write(out, bytes);
            }
        });

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo(rights);
        assertThat(onTheWay).containsExactly("rw-------");
    }

    @Test
    void anInterruptedThreadCanStillSave() {
        Thread.currentThread().interrupt();
        try {
            fresh.save(file);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }

        assertThat(Samples.content(Checkpoint.load(file))).isEqualTo(Samples.content(fresh));
    }

    @Test
    void anInterruptDuringASaveDoesNotSpoilIt() {
        SafetensorsWriter.write(fresh, file, new Disk() {
            @Override
            void write(OutputStream out, ByteBuffer bytes) throws IOException {
                Thread.currentThread().interrupt();
                super.write(out, bytes);
            }
        });

        assertThat(Thread.interrupted())
                .as("the interrupt is left for its receiver")
                .isTrue();
        assertThat(Samples.content(Checkpoint.load(file))).isEqualTo(Samples.content(fresh));
    }

    @Test
    void anInterruptedThreadCanLoad() {
        Thread.currentThread().interrupt();
        try {
            assertThat(Samples.content(Checkpoint.load(file))).isEqualTo(Samples.content(old));
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void whatASaveLeftBehindIsIgnored() throws IOException {
        Files.write(temporary, new byte[5]);

        assertThat(Samples.content(Checkpoint.load(file))).isEqualTo(Samples.content(old));
    }

    @Test
    void savesOfThreadsToOnePathFollowEachOther() {
        IntStream.range(0, 60).parallel().forEach(i -> {
            (i % 2 == 0 ? old : fresh).save(file);
            assertThat(Samples.content(Checkpoint.load(file))).isIn(Samples.content(old), Samples.content(fresh));
        });
        assertThat(temporary).doesNotExist();
    }

    /** Another process has taken the temporary file away and begun to write its own. */
    @Test
    void anotherProcessThatSavesToTheSamePathIsTold() throws IOException {
        byte[] before = Files.readAllBytes(file);
        Disk shared = new Disk() {
            @Override
            void force(Path path) throws IOException {
                super.force(path);
                Files.move(path, folder.resolve("moved away")); // not deleted: its number could be given out again
                Files.writeString(path, "half of anoth");
            }
        };
        assertThatThrownBy(() -> AtomicFile.write(file, shared, sink -> sink.accept(ByteBuffer.wrap(new byte[9]))))
                .isInstanceOf(CheckpointException.class)
                .hasMessage(file + ": cannot be saved: IOException (another process saves to the same path, expected"
                        + " one at a time); what was saved there before is unchanged.");
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
        assertThat(temporary).as("is the other's").hasContent("half of anoth");
    }

    /** What a thread of this process is writing is no left-over; what lies there before or after is. */
    @Test
    void theTemporaryFileOfASaveUnderWayIsNoLeftOver() throws IOException {
        List<Boolean> leftOver = new ArrayList<>();
        AtomicFile.write(file, Disk.REAL, sink -> leftOver.add(AtomicFile.isLeftOver(file)));
        leftOver.add(AtomicFile.isLeftOver(file));
        Files.writeString(temporary, "cut off");
        leftOver.add(AtomicFile.isLeftOver(file));
        assertThat(leftOver).containsExactly(false, false, true);
    }
}
