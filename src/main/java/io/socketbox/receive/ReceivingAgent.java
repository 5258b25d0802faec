package io.socketbox.receive;

import org.agrona.concurrent.Agent;

/** The loop of a program that receives connections. Its methods may be called by any thread. */
public interface ReceivingAgent extends Agent {
    /** The thread of this agent, which is to be started, and knows how it ended. */
    AgentThread thread();

    /** Has every service take no more, and the loop end when all is served or the time of grace is over. */
    void stop();

    /** Reads the services anew; those at a place that stays keep their socket. */
    void reload();
}
