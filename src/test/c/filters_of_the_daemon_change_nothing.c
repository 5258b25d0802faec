/* A daemon that attaches a socket filter to its listener does not overwrite what the descriptor stands for. */
#include "preload.h"
#include <linux/filter.h>

int main(void) {
    int fd = listening("::", 80);
    struct sock_filter drop_all = BPF_STMT(BPF_RET | BPF_K, 0);
    struct sock_fprog program = {.len = 1, .filter = &drop_all};
    CHECK(setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) == 0);
    CHECK(setsockopt(fd, SOL_SOCKET, SO_DETACH_FILTER, &program, sizeof program) == 0);
    hand_over("web", "::", "::1");
    CHECK(accept(fd, NULL, NULL) >= 0);
    return 0;
}
