// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.lm;

import io.github.unroll4j.core.checkpoint.Checkpoint;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.internal.OneThread;
import java.nio.file.Path;
import java.util.List;

/**
 * A text that a model reads token by token: the state that all tokens so far have left.
 *
 * <pre>{@code
 * Session session = model.session();
 * double[] logP = session.next(vocabulary.encode("The "));   // ln p of each token as the next one
 * logP = session.next(id);                                   // … after one more
 * model.next(sessions, ids, (i, p) -> …);                    // one token in each of thousands, as one batch
 * }</pre>
 *
 * <p>A session is a few numbers on the heap, the state of one row. Any number may be open; one that is no longer
 * wanted is dropped, and there is nothing to close. It may be {@linkplain #copy copied}, to try several ways on, and
 * {@linkplain #save saved}, to go on in another process.
 *
 * <p>For one thread at a time, and threads may come in turn; sessions of one model do not get in each other's way. A
 * step sees the weights as they are when it begins.
 *
 * @since 0.1.0
 */
public final class Session {
    private static final String PREFIX = "session.";

    private final LanguageModel model;
    private final State state;
    private final OneThread user = new OneThread(() -> "Session");
    private double[] logProbabilities = {};
    /** The place in the list that is being stepped: a session that stands there twice has the later one. */
    private int place;

    Session(LanguageModel model, State state) {
        this.model = model;
        this.state = state;
    }

    /**
     * Reads on.
     *
     * @param ids one token or several, at least one
     * @return ln p of each token of the vocabulary as the one that follows; the session's own array, valid until the
     *     next call, and free to be overwritten
     * @throws IllegalArgumentException if there is no id, or one is not in the vocabulary; nothing has been read then
     * @throws IllegalStateException if the model is closed, or another thread is inside this session
     */
    public double[] next(int... ids) {
        user.enter("next");
        try {
            if (logProbabilities.length == 0) {
                logProbabilities = new double[model.vocabulary().size()];
            }
            model.read(state, ids, logProbabilities);
            return logProbabilities;
        } finally {
            user.exit();
        }
    }

    /** Is told what follows in each of several texts. */
    @FunctionalInterface
    public interface Reader {
        /**
         * Reads the answer of one session.
         *
         * @param i its place in the list
         * @param logProbabilities ln p of each token as the one that follows there; valid during this call, and free to
         *     be overwritten
         */
        void read(int i, double[] logProbabilities);
    }

    /** Runs something inside all of some sessions, each of which stands there once. */
    static void inside(List<Session> sessions, Runnable work) {
        int entered = 0;
        try {
            for (; entered < sessions.size(); entered++) {
                enter(sessions.get(entered), entered);
            }
            for (int i = 0; i < sessions.size(); i++) {
                if (sessions.get(i).place != i) {
                    throw new IllegalArgumentException("LanguageModel.next: session " + i + " is also session "
                            + sessions.get(i).place + ", expected each once; a session reads one token after another.");
                }
            }
            work.run();
        } finally {
            while (entered > 0) {
                sessions.get(--entered).user.exit();
            }
        }
    }

    private static void enter(Session session, int place) {
        try {
            session.user.enter("next");
        } catch (IllegalStateException busy) {
            throw new IllegalStateException(
                    "LanguageModel.next: session " + place + " is in use. " + busy.getMessage(), busy);
        }
        session.place = place;
    }

    LanguageModel model() {
        return model;
    }

    /** The state itself, which steps change. */
    State own() {
        return state;
    }

    /**
     * The state after what has been read.
     *
     * @return a copy of one row, which {@link LanguageModel#session(State)} takes
     */
    public State state() {
        user.enter("state");
        try {
            return state.copy();
        } finally {
            user.exit();
        }
    }

    /** {@return a second session after the same text, which goes its own way from here} */
    public Session copy() {
        return new Session(model, state());
    }

    /**
     * Saves the state, without the model, in a safetensors file, written atomically.
     *
     * @param file where to; {@link LanguageModel#session(Path)} reads it
     * @throws io.github.unroll4j.core.checkpoint.CheckpointException if it cannot be written
     */
    public void save(Path file) {
        Checkpoint.Builder checkpoint = Checkpoint.builder();
        State now = state();
        for (int i = 0; i < now.names().size(); i++) {
            checkpoint.put(PREFIX + now.names().get(i), now.parts().get(i));
        }
        checkpoint.build().save(file);
    }

    /** What {@link #save} wrote, of a model whose state has these names. */
    static State load(Path file, List<String> names) {
        Checkpoint checkpoint = Checkpoint.load(file);
        return new State(
                names,
                names.stream().map(name -> checkpoint.tensor(PREFIX + name)).toList());
    }
}
