/* Reading what a descriptor stands for out of a socket filter that anybody may have attached. */
#include "fuzz.h"

#include "../../main/c/preload/next.h"
#include "../../main/c/preload/options.h"
#include "../../main/c/preload/state.h"

#include <linux/filter.h>
#include <netinet/in.h>

enum { LONGEST = 400 };

/* Programs that the kernel takes: loads of constants, now and then something else, and the end. */
static bool attach(int fd, struct input *input) {
    static struct sock_filter program[LONGEST + 1];
    unsigned short length = 0;
    bool from_state = next_byte(input) % 2 == 0;
    if (from_state) {
        struct state state;
        state_init(&state, next_byte(input) % 3, next_byte(input) % 2 == 0 ? AF_INET : AF_INET6);
        state.option_count = next_byte(input) % (STATE_OPTIONS + 1);
        state.address_length = next_byte(input) % 29;
        next_bytes(input, state.address, sizeof state.address);
        next_bytes(input, state.options, sizeof state.options[0] * state.option_count);
        CHECK(state_write(fd, &state) == 0);
        socklen_t count = LONGEST;
        CHECK(next()->getsockopt(fd, SOL_SOCKET, SO_GET_FILTER, program, &count) == 0);
        length = (unsigned short)(count - 1);
        for (unsigned changes = next_byte(input) % 4; changes > 0; changes--) {
            uint32_t value = 0;
            unsigned place = next_byte(input);
            next_bytes(input, &value, sizeof value);
            program[place % length].k = value;
        }
        length -= next_byte(input) % length;
    } else {
        while (input->left > 4 && length < LONGEST) {
            uint32_t value = 0;
            unsigned code = next_byte(input);
            next_bytes(input, &value, sizeof value);
            program[length++] = (struct sock_filter)BPF_STMT(code == 0 ? BPF_LDX | BPF_IMM : BPF_LD | BPF_IMM, value);
        }
    }
    program[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, UINT32_MAX);
    const struct sock_fprog filter = {.len = length, .filter = program};
    return next()->setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter) == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct input input = {data, size};
    struct state state;
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (attach(fd, &input) && state_read(fd, &state)) {
        CHECK(state.option_count <= STATE_OPTIONS && state.address_length <= sizeof state.address);
        struct sockaddr_storage name;
        socklen_t length = sizeof name;
        CHECK(getsockname(fd, (struct sockaddr *)&name, &length) != 0 || length <= sizeof name);
        int value = 1;
        length = sizeof value;
        getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &value, &length);
        setsockopt(fd, IPPROTO_TCP, next_byte(&input) % 40, &value, sizeof value);
        options_inherit(fd, &state);
    }
    next()->close(fd);
    return 0;
}
