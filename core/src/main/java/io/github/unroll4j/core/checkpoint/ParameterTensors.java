// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.checkpoint;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Writes numbers to a checkpoint and reads them back, one tensor for each parameter. The numbers have the layout of a
 * model's weights: the values themselves, or an optimiser's moments. A tensor's name is a prefix and the parameter's
 * name.
 *
 * @since 0.1.0
 */
public final class ParameterTensors {
    private static final int MOST_NAMED = 10;

    private ParameterTensors() {}

    /**
     * Copies the values.
     *
     * @param prefix the beginning of each name, e.g. {@code "model."}; may be empty
     * @param parameters the registry
     * @return one tensor for each parameter, in order, for {@link Checkpoint.Builder#put}
     */
    public static Map<String, Tensor> toTensors(String prefix, Parameters parameters) {
        Objects.requireNonNull(prefix, "prefix");
        return parameters.read(() -> toTensors(prefix, parameters, parameters.values()));
    }

    /**
     * Copies numbers that have the layout of the values.
     *
     * @param prefix the beginning of each name, e.g. {@code "adam.m."}
     * @param parameters the registry that gives names and shapes
     * @param numbers as many as {@link Parameters#count}
     * @return one tensor for each parameter, in order
     */
    public static Map<String, Tensor> toTensors(String prefix, Parameters parameters, Vec numbers) {
        Objects.requireNonNull(prefix, "prefix");
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Parameter p : parameters.list()) {
            Vec own = Vec.zeros(numbers.dtype(), p.size());
            own.copy(0, numbers, p.offset(), p.size());
            tensors.put(prefix + p.name(), Tensor.of(own, p.shape()));
        }
        return tensors;
    }

    /**
     * Replaces the values by {@link Parameters#write}. Everything is checked first: after an error, no value
     * has changed.
     *
     * @param checkpoint the source
     * @param prefix the beginning of each name in the checkpoint; other names are ignored
     * @param parameters (Output) the registry. DOUBLE parameters also take F32 tensors, which are widened. FLOAT
     *     parameters refuse F64
     * @throws CheckpointException if a parameter is missing, or a tensor under the prefix is not a parameter, has
     *     another shape, or would lose precision. The message names the first ten of them
     */
    public static void load(Checkpoint checkpoint, String prefix, Parameters parameters) {
        parameters.write(values -> load(checkpoint, prefix, parameters, values));
    }

    /**
     * Replaces numbers that have the layout of the values. Everything is checked first: after an error, nothing has
     * changed.
     *
     * @param checkpoint the source
     * @param prefix the beginning of each name in the checkpoint
     * @param parameters the registry that gives names and shapes
     * @param numbers (Output) as many as {@link Parameters#count}
     * @throws CheckpointException as {@link #load(Checkpoint, String, Parameters)}
     */
    public static void load(Checkpoint checkpoint, String prefix, Parameters parameters, Vec numbers) {
        requireFit(checkpoint, prefix, parameters.list(), numbers.dtype());
        for (Parameter p : parameters.list()) {
            Vec stored = checkpoint.tensor(prefix + p.name()).data();
            if (stored.dtype() == numbers.dtype()) {
                numbers.copy(p.offset(), stored, 0, p.size());
            } else {
                for (int i = 0; i < p.size(); i++) {
                    numbers.set(p.offset() + i, stored.get(i));
                }
            }
        }
    }

    /**
     * Requires that a checkpoint has a tensor for each parameter, and no other under the prefix. So a declaration can
     * be compared with a file before anything is allocated for it.
     *
     * @param checkpoint the source
     * @param prefix the beginning of each name in the checkpoint
     * @param declared the parameters, of which only names and shapes are used
     * @param dtype the element type that they have or will have
     * @throws CheckpointException as {@link #load(Checkpoint, String, Parameters)}, or if the parameters have more
     *     elements together than an array can
     */
    public static void requireFit(Checkpoint checkpoint, String prefix, List<Parameter> declared, Dtype dtype) {
        Objects.requireNonNull(dtype, "dtype");
        List<String> faults = new ArrayList<>();
        Set<String> rest = new TreeSet<>(checkpoint.names());
        rest.removeIf(name -> !name.startsWith(prefix));
        long count = 0;
        for (Parameter p : declared) {
            count += p.size();
            if (rest.remove(prefix + p.name())) {
                compare(checkpoint, prefix, p, dtype, faults);
            } else {
                faults.add("it has no " + prefix + p.name());
            }
        }
        for (String name : rest) {
            faults.add(name + " is no parameter of this model");
        }
        if (count > Integer.MAX_VALUE) {
            throw new CheckpointException(checkpoint.source() + ": the model has " + count
                    + " weights, expected at most 2^31-1; likely cause: the file was edited.");
        }
        if (!faults.isEmpty()) {
            int others = faults.size() - MOST_NAMED;
            throw new CheckpointException(checkpoint.source() + ": the parameters do not fit: "
                    + faults.stream().limit(MOST_NAMED).collect(Collectors.joining("; "))
                    + (others > 0 ? "; and " + others + " more" : "")
                    + "; likely cause: the checkpoint was saved by a model with other settings.");
        }
    }

    private static void compare(Checkpoint checkpoint, String prefix, Parameter p, Dtype dtype, List<String> faults) {
        String name = prefix + p.name();
        int[] shape = checkpoint.shape(name);
        if (!Arrays.equals(shape, p.shape())) {
            faults.add(name + " is " + Arrays.toString(shape) + ", expected " + Arrays.toString(p.shape()) + " ("
                    + p.axes() + ")");
        } else if (checkpoint.tensor(name).dtype() == Dtype.DOUBLE && dtype == Dtype.FLOAT) {
            faults.add(name + " is DOUBLE, which FLOAT parameters cannot hold; build the model with DOUBLE");
        }
    }
}
