/* Whatever messages come, accept() returns connections only, every one of them, and leaves no descriptor behind. */
#include "preload.h"

#include <time.h>

enum { ROUNDS = 3000 };

static int kinds[6];

/* A message with up to four descriptors of any kind; returns whether its first one is a connection. */
static bool send_noise(void) {
    int sent[4];
    int count = rand() % 5;
    for (int i = 0; i < count; i++) {
        sent[i] = kinds[rand() % 6];
    }
    CHECK(send_descriptors("web", sent, count) == 1);
    return count > 0 && (sent[0] == kinds[0] || sent[0] == kinds[1]);
}

static void send_text(void) {
    char text[200] = "";
    union address to = {.un = {.sun_family = AF_UNIX, .sun_path = "web"}};
    int sender = socket(AF_UNIX, SOCK_DGRAM, 0);
    size_t length = (size_t)rand() % sizeof text;
    CHECK(sendto(sender, text, length, 0, &to.any, sizeof to.un) == (ssize_t)length);
    close(sender);
}

int main(void) {
    unsigned seed = (unsigned)time(NULL) ^ (unsigned)getpid();
    fprintf(stderr, "seed %u\n", seed);
    srand(seed);
    int listener = listening("::", 80);
    CHECK(fcntl(listener, F_SETFL, O_NONBLOCK) == 0);
    int pair[2];
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
    kinds[0] = connection_to("::", "::1").server;
    kinds[1] = pair[0];
    kinds[2] = open("/dev/null", O_RDONLY);
    kinds[3] = socket(AF_INET6, SOCK_DGRAM, 0);
    kinds[4] = listener;
    kinds[5] = socket(AF_UNIX, SOCK_SEQPACKET, 0);
    int lowest = dup(0);
    close(lowest);
    for (int i = 0; i < ROUNDS; i++) {
        int wanted = 0;
        for (int n = rand() % 8; n > 0; n--) {
            if (rand() % 4 == 0) {
                send_text();
            } else {
                wanted += send_noise();
            }
        }
        int got = 0;
        int fd;
        while ((fd = accept4(listener, NULL, NULL, rand() % 2 == 0 ? SOCK_CLOEXEC : SOCK_NONBLOCK)) >= 0) {
            CHECK(int_option(fd, SOL_SOCKET, SO_TYPE) == SOCK_STREAM);
            CHECK(fd == lowest);
            close(fd);
            got++;
        }
        CHECK(errno == EAGAIN && got == wanted);
    }
    CHECK(exists("web"));
    return 0;
}
