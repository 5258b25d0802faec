/* one: writes one byte to standard output and ends; what the inetd benchmarks start for each connection. It does without
   the C library, whose start asks the processor about its caches: on a virtual machine each such CPUID is answered by
   the hypervisor, which can take three quarters of the life of this process, whoever starts it. */
#include <stdnoreturn.h>
#include <sys/syscall.h>

#if defined __x86_64__
static long call(long number, long a, const void *b, long c) {
    long result;
    __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
    return result;
}
#elif defined __aarch64__
static long call(long number, long a, const void *b, long c) {
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register const void *x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2) : "memory");
    return x0;
}
#endif

noreturn void _start(void) {
    long written = call(SYS_write, 1, "x", 1);
    for (;;) {
        call(SYS_exit_group, written == 1 ? 0 : 1, 0, 0);
    }
}
