// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Backend;
import io.github.unroll4j.models.decoding.SamplingPolicy;
import io.github.unroll4j.models.lm.Generation;
import io.github.unroll4j.models.lm.LanguageModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Executors;

/** Lets a saved model write for all who ask: {@code GET /SEED?PRIME} streams its characters. */
public final class WriterServer {
    public static void main(String... args) throws IOException {
        System.out.println("The backend started in " + Backend.start().toMillis() + " ms: " + Backend.describe());
        HttpServer server = start(LanguageModel.load(Path.of(args[0])), 8080);
        System.out.println("http://localhost:" + server.getAddress().getPort() + "/1?The");
    }

    static HttpServer start(LanguageModel model, int port) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(port), 0);
        server.setExecutor(Executors.newFixedThreadPool(16));
        server.createContext("/", exchange -> write(model, exchange));
        server.start();
        return server;
    }

    private static void write(LanguageModel model, HttpExchange exchange) throws IOException {
        try {
            exchange.getResponseHeaders().set("Content-Type", "text/plain;charset=UTF-8");
            URI asked = exchange.getRequestURI();
            String prime = Objects.requireNonNullElse(asked.getQuery(), "");
            Rng rng = Rng.seeded(Long.parseLong(asked.getPath().substring(1)));
            model.vocabulary().encode(prime); // a character that the model does not know is told before the first one
            exchange.sendResponseHeaders(200, 0); // in pieces, as they come
            Generation request = Generation.of(prime, 300, SamplingPolicy.temperature(0.7));
            model.generate(request, rng, id -> send(exchange, model.vocabulary().token(id)));
        } catch (IllegalArgumentException e) {
            String why = e instanceof NumberFormatException ? "Ask /SEED?PRIME, such as /1?The." : e.getMessage();
            exchange.sendResponseHeaders(400, 0);
            send(exchange, String.valueOf(why));
        } finally {
            exchange.close();
        }
    }

    private static void send(HttpExchange exchange, String text) {
        try {
            exchange.getResponseBody().write(text.getBytes(StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
        } catch (IOException e) { // the client has gone; the writing ends
            throw new UncheckedIOException(e);
        }
    }
}
