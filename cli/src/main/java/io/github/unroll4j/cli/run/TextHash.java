// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.run;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A short name for a long text, to know it again. */
final class TextHash {
    private TextHash() {}

    /** SHA-256 over the ids of a text. */
    static String of(int... ids) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            ByteBuffer bytes = ByteBuffer.allocate(4 * ids.length);
            bytes.asIntBuffer().put(ids);
            digest.update(bytes);
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform is required to have SHA-256", e);
        }
    }
}
