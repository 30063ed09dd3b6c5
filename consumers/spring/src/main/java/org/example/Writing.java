// SPDX-License-Identifier: Apache-2.0
package org.example;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Backend;
import io.github.unroll4j.models.decoding.SamplingPolicy;
import io.github.unroll4j.models.lm.Generation;
import io.github.unroll4j.models.lm.LanguageModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

// [spring]
@Configuration
class Models {
    @Bean(destroyMethod = "close")
    LanguageModel writer(@Value("${writer.file}") Path file) {
        Backend.start(); // the service does not start where it cannot
        return LanguageModel.load(file);
    }
}

@RestController
class Writing {
    private final LanguageModel model;

    Writing(LanguageModel model) {
        this.model = model;
    }

    @GetMapping(value = "/write", produces = "text/plain;charset=UTF-8")
    StreamingResponseBody write(@RequestParam String prime, @RequestParam(defaultValue = "1") long seed) {
        model.vocabulary().encode(prime); // a character that the model does not know is told before the first one
        var request = Generation.of(prime, 300, SamplingPolicy.temperature(0.7));
        return out -> model.generate(request, Rng.seeded(seed), id -> {
            try {
                out.write(model.vocabulary().token(id).getBytes(StandardCharsets.UTF_8));
                out.flush();
            } catch (IOException e) { // the client has gone; the writing ends
                throw new UncheckedIOException(e);
            }
        });
    }

    @ExceptionHandler
    @ResponseStatus(HttpStatus.BAD_REQUEST)
    String refused(IllegalArgumentException e) {
        return e.getMessage();
    }
}
// [/spring]
