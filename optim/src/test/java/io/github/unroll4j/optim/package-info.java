// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.github.unroll4j.optim;

import org.jspecify.annotations.NullMarked;
