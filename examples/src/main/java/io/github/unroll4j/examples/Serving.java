// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import com.sun.net.httpserver.HttpServer;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.models.decoding.SamplingPolicy;
import io.github.unroll4j.models.lm.Generation;
import io.github.unroll4j.models.lm.LanguageModel;
import io.github.unroll4j.models.lm.Session;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What docs/serving.md does beside its server, compiled and run by the tests; it shows what is between the markers. */
final class Serving {
    private Serving() {}

    static void end(HttpServer server, LanguageModel model) throws InterruptedException {
        // [end]
        server.stop(10); // takes no more requests, and waits up to 10 s for the answers under way
        ExecutorService pool = (ExecutorService) server.getExecutor();
        pool.shutdown();
        pool.awaitTermination(10, TimeUnit.SECONDS);
        model.close();
        // [/end]
    }

    static List<String> batch(LanguageModel model, List<String> primes) {
        // [batch]
        SamplingPolicy policy = SamplingPolicy.temperature(0.7);
        List<Generation> requests =
                primes.stream().map(prime -> Generation.of(prime, 100, policy)).toList();
        List<Rng> rngs = IntStream.range(0, primes.size()).mapToObj(Rng::seeded).toList();
        List<String> texts = model.generate(requests, rngs);
        // [/batch]
        return texts;
    }

    static int[] sessions(LanguageModel model, int... typed) {
        // [sessions]
        // one for each user
        List<Session> sessions =
                Stream.generate(model::session).limit(typed.length).toList();
        int[] likely = new int[typed.length];
        model.next(sessions, typed, (user, logP) -> { // each has typed a character; what will each type next?
            likely[user] = IntStream.range(0, logP.length).reduce(0, (best, id) -> logP[id] > logP[best] ? id : best);
        });
        // [/sessions]
        return likely;
    }
}
