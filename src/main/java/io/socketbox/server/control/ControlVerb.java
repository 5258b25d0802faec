package io.socketbox.server.control;

import io.socketbox.program.SetupException;

/** What the server does for one word on its control socket. */
@FunctionalInterface
public interface ControlVerb {
    /**
     * Answers a request, on a thread of its own that may take its time.
     *
     * @param request what was asked.
     * @return the text after {@code ok}, perhaps empty; null when it was answered with {@link
     *     ControlRequest#answerWith} already.
     * @throws SetupException whose message is the answer {@code error: …}.
     */
    String answer(ControlRequest request) throws SetupException;
}
