// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Sums what all slabs inside an object have copied, however deep they are in it. */
final class SlabCopies {
    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private long copied;

    private SlabCopies() {}

    /** How many numbers the slabs inside an object have copied between their sides, since they were made. */
    static long in(Object root) {
        SlabCopies copies = new SlabCopies();
        copies.visit(root);
        return copies.copied;
    }

    private void visit(@Nullable Object object) {
        if (object == null || !seen.add(object)) {
            return;
        }
        if (object instanceof Slab slab) {
            copied += slab.copied();
        } else if (object instanceof Collection<?> items) {
            items.forEach(this::visit);
        } else if (object instanceof Map<?, ?> map) {
            map.values().forEach(this::visit);
        } else if (object instanceof Optional<?> optional) {
            optional.ifPresent(this::visit);
        } else if (object instanceof Object[] items) {
            Arrays.asList(items).forEach(this::visit);
        } else if (object.getClass().getName().startsWith("io.github.unroll4j.") && !(object instanceof Enum)) {
            visitFields(object);
        }
    }

    private void visitFields(Object object) {
        // of a lambda the fields cannot be read; what it captured is a field of another object too
        for (Class<?> type = object.getClass(); type != null && !type.isHidden(); type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (Modifier.isStatic(field.getModifiers()) || field.getType().isPrimitive()) {
                    continue;
                }
                try {
                    field.setAccessible(true);
                    visit(field.get(object));
                } catch (IllegalAccessException e) {
                    throw new AssertionError(field.toString(), e);
                }
            }
        }
    }
}
