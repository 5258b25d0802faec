/* The listener answers as a listening TCP socket does. */
#include "preload.h"

int main(void) {
    int fd = listening("2001:db8::1", 81);
    union address name;
    union address wanted;
    socklen_t length = sizeof name;
    CHECK(getsockname(fd, &name.any, &length) == 0);
    CHECK(length == address_of(&wanted, "2001:db8::1", 81) && memcmp(&name, &wanted, length) == 0);
    length = 4;
    memset(&name, 0x55, sizeof name);
    CHECK(getsockname(fd, &name.any, &length) == 0 && length == 4 && name.storage.__ss_padding[2] == 0x55);
    FAILS(getpeername(fd, &name.any, &length), ENOTCONN);
    CHECK(int_option(fd, SOL_SOCKET, SO_TYPE) == SOCK_STREAM);
    CHECK(int_option(fd, SOL_SOCKET, SO_DOMAIN) == AF_INET6);
    CHECK(int_option(fd, SOL_SOCKET, SO_PROTOCOL) == IPPROTO_TCP);
    CHECK(int_option(fd, SOL_SOCKET, SO_ACCEPTCONN) == 1);
    CHECK(int_option(fd, SOL_SOCKET, SO_ERROR) == 0);
    struct tcp_info info;
    length = sizeof info;
    CHECK(getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) == 0 && info.tcpi_state == TCP_LISTEN);
    union address again;
    length = address_of(&again, "2001:db8::1", 81);
    FAILS(bind(fd, &again.any, length), EINVAL);
    struct stat status;
    CHECK(stat("six", &status) == 0 && S_ISSOCK(status.st_mode) && (status.st_mode & 07777) == 0660);
    return 0;
}
