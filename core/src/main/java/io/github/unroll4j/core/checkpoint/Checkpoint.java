// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.checkpoint;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The content of a checkpoint file: named arrays in order, and named texts (the metadata).
 *
 * <p>The file is one <a href="https://github.com/huggingface/safetensors">safetensors</a> file, readable from Python.
 * It cannot contain code, archives or class names. In addition to the format, {@link #save} writes the metadata entries
 * {@code unroll4j.format} and {@code crc32c}. A file whose content does not match the checksum is refused, and so is
 * one that has an entry whose key begins with {@code unroll4j.} but no checksum. Files of other programs have neither
 * and are read without that check. Arrays are not copied.
 *
 * @since 0.1.0
 */
public final class Checkpoint {
    private final String source;
    private final Map<String, Entry> entries;
    private final Map<String, String> metadata;

    Checkpoint(String source, Map<String, Entry> entries, Map<String, String> metadata) {
        this.source = source;
        this.entries = entries;
        this.metadata = Collections.unmodifiableMap(metadata);
    }

    /**
     * Creates a builder for a checkpoint.
     *
     * @return a builder that holds nothing yet
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Reads a file.
     *
     * @param file a safetensors file with element types F64, F32, I64, I32 or U8
     * @return its content
     * @throws CheckpointException if there is no such file, the file breaks a rule of the format, or its checksum
     *     differs
     */
    public static Checkpoint load(Path file) {
        return SafetensorsReader.read(file);
    }

    /**
     * Reads a stream to its end, under the same rules as a file. It is not closed.
     *
     * @param in the bytes of a safetensors file, e.g. {@code MyProgram.class.getResourceAsStream("model.safetensors")};
     *     null, which that method returns for a missing resource, is refused
     * @return its content
     * @throws CheckpointException as {@link #load(Path)}
     */
    public static Checkpoint load(@Nullable InputStream in) {
        if (in == null) {
            throw new CheckpointException(
                    "the stream: cannot be read: it is null; likely cause: the class path has no resource of that name.");
        }
        return SafetensorsReader.read(in);
    }

    /**
     * Reads bytes, under the same rules as a file.
     *
     * @param bytes the bytes of a safetensors file
     * @return its content; the array is not kept
     * @throws CheckpointException as {@link #load(Path)}
     */
    public static Checkpoint of(byte[] bytes) {
        Objects.requireNonNull(bytes, "bytes");
        return SafetensorsReader.read(bytes);
    }

    /**
     * Writes a file. At every moment, also after a power cut, either the old or the new content is there. The content
     * is written to {@code file.tmp}, forced to the disk, then moved over {@code file}. Threads that write one file do
     * so in turn; of two processes that do at the same moment, one is refused. A file that is replaced hands its POSIX
     * permissions on. A link is replaced, not followed: what it leads to is unchanged. Devices, pipes and sockets are
     * not replaced.
     *
     * @param file the file to write; its folder must exist
     * @throws CheckpointException if the file cannot be written; the old content of {@code file} is then unchanged
     */
    public void save(Path file) {
        SafetensorsWriter.write(this, file, Disk.REAL);
    }

    /** {@return the name of the file that was read, for messages; "the checkpoint" if it was built in memory} */
    public String source() {
        return source;
    }

    /** {@return the names of the arrays, in order} */
    public Set<String> names() {
        return Collections.unmodifiableSet(entries.keySet());
    }

    /** {@return the texts by key, in order, without the checksum} */
    public Map<String, String> metadata() {
        return metadata;
    }

    /**
     * Returns one text.
     *
     * @param key e.g. {@code config}
     * @return the text
     * @throws CheckpointException if there is no such text
     */
    public String metadata(String key) {
        Objects.requireNonNull(key, "key");
        String text = metadata.get(key);
        if (text == null) {
            throw new CheckpointException(source + ": the metadata has no entry " + key + ", only " + metadata.keySet()
                    + "; likely cause: the file was written by another program or another kind of model.");
        }
        return text;
    }

    /**
     * Returns the sizes of one array.
     *
     * @param name its name
     * @return a copy of its shape
     * @throws CheckpointException if there is no such array
     */
    public int[] shape(String name) {
        Objects.requireNonNull(name, "name");
        return entry(name).shape().clone();
    }

    /**
     * Returns an array of element type F32 or F64.
     *
     * @param name its name
     * @return the array itself, FLOAT or DOUBLE
     * @throws CheckpointException if there is no such array or it holds integers
     */
    public Tensor tensor(String name) {
        Objects.requireNonNull(name, "name");
        Entry entry = entry(name);
        return switch (entry.type()) {
            case F32 -> Tensor.of(Vec.wrap((float[]) entry.array()), entry.shape());
            case F64 -> Tensor.of(Vec.wrap((double[]) entry.array()), entry.shape());
            default -> throw otherType(name, entry, "F32 or F64");
        };
    }

    /**
     * Returns an array of element type I32.
     *
     * @param name its name
     * @return the array itself, row-major
     * @throws CheckpointException if there is no such array or it has another element type
     */
    public int[] ints(String name) {
        Objects.requireNonNull(name, "name");
        return (int[]) array(name, ElementType.I32);
    }

    /**
     * Returns an array of element type I64.
     *
     * @param name its name
     * @return the array itself, row-major
     * @throws CheckpointException if there is no such array or it has another element type
     */
    public long[] longs(String name) {
        Objects.requireNonNull(name, "name");
        return (long[]) array(name, ElementType.I64);
    }

    /**
     * Returns an array of element type U8.
     *
     * @param name its name
     * @return the array itself, row-major
     * @throws CheckpointException if there is no such array or it has another element type
     */
    public byte[] bytes(String name) {
        Objects.requireNonNull(name, "name");
        return (byte[]) array(name, ElementType.U8);
    }

    private Object array(String name, ElementType type) {
        Entry entry = entry(name);
        if (entry.type() != type) {
            throw otherType(name, entry, type.name());
        }
        return entry.array();
    }

    private Entry entry(String name) {
        Entry entry = entries.get(name);
        if (entry == null) {
            throw new CheckpointException(source + ": there is no tensor " + name + ", only " + entries.keySet() + ".");
        }
        return entry;
    }

    private CheckpointException otherType(String name, Entry entry, String expected) {
        return new CheckpointException(source + ": tensor " + name + " is " + entry.type()
                + Arrays.toString(entry.shape()) + ", expected element type " + expected + ".");
    }

    /**
     * Returns a generator that was saved as a text.
     *
     * @param key where {@link Rng#saveState()} was put
     * @return a generator that draws what the saved one would have drawn next
     * @throws CheckpointException if there is no such text or it is no such state
     */
    public Rng rng(String key) {
        Objects.requireNonNull(key, "key");
        String state = metadata(key);
        try {
            return Rng.restored(state);
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(source + ": " + key + ": " + e.getMessage(), e);
        }
    }

    Map<String, Entry> entries() {
        return entries;
    }

    @Override
    public String toString() {
        return source + " with " + entries.size() + " tensors and metadata " + metadata.keySet();
    }

    /** Collects arrays and texts. Arrays are not copied: do not change them before the checkpoint is saved. */
    public static final class Builder {
        private final Map<String, Entry> entries = new LinkedHashMap<>();
        private final Map<String, String> metadata = new LinkedHashMap<>();

        private Builder() {}

        /**
         * Adds a tensor as F32 or F64.
         *
         * @param name the name, not used before
         * @param tensor the numbers
         * @return this builder
         * @throws IllegalArgumentException if the name is taken or reserved
         */
        public Builder put(String name, Tensor tensor) {
            Objects.requireNonNull(name, "name");
            return put(name, Entry.of(tensor));
        }

        /**
         * Adds integers as I32.
         *
         * @param name the name, not used before
         * @param values the numbers
         * @return this builder
         * @throws IllegalArgumentException if the name is taken or reserved
         */
        public Builder put(String name, int[] values) {
            Objects.requireNonNull(name, "name");
            return put(name, Entry.of(values, values.length));
        }

        /**
         * Adds integers as I64.
         *
         * @param name the name, not used before
         * @param values the numbers
         * @return this builder
         * @throws IllegalArgumentException if the name is taken or reserved
         */
        public Builder put(String name, long[] values) {
            Objects.requireNonNull(name, "name");
            return put(name, Entry.of(values, values.length));
        }

        /**
         * Adds bytes as U8.
         *
         * @param name the name, not used before
         * @param values the bytes
         * @return this builder
         * @throws IllegalArgumentException if the name is taken or reserved
         */
        public Builder put(String name, byte[] values) {
            Objects.requireNonNull(name, "name");
            return put(name, Entry.of(values, values.length));
        }

        private Builder put(String name, Entry entry) {
            requireText(name, name);
            if (name.equals(Header.METADATA) || entries.putIfAbsent(name, entry) != null) {
                throw new IllegalArgumentException("Checkpoint: the tensor name " + name + " is "
                        + (name.equals(Header.METADATA) ? "reserved by the format." : "used twice."));
            }
            return this;
        }

        /**
         * Adds a text.
         *
         * @param key the key, not used before
         * @param text the text
         * @return this builder
         * @throws IllegalArgumentException if the key is taken or reserved, or the text is not valid Unicode
         */
        public Builder metadata(String key, String text) {
            Objects.requireNonNull(key, "key");
            Objects.requireNonNull(text, "text");
            requireText(key, key);
            requireText(key, text);
            boolean reserved = key.equals(Checksum.KEY) || key.equals(Checksum.FORMAT);
            if (reserved || metadata.putIfAbsent(key, text) != null) {
                throw new IllegalArgumentException("Checkpoint: the metadata key " + key + " is "
                        + (reserved ? "reserved for the checksum." : "used twice."));
            }
            return this;
        }

        private static void requireText(String name, String text) {
            if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
                throw new IllegalArgumentException("Checkpoint: the text of " + name
                        + " is not valid Unicode; likely cause: it was cut inside a surrogate pair.");
            }
        }

        /** {@return a checkpoint of all that was collected so far} */
        public Checkpoint build() {
            return new Checkpoint("the checkpoint", new LinkedHashMap<>(entries), new LinkedHashMap<>(metadata));
        }
    }
}
