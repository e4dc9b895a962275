/* Loaded before an agent: it dies as by kill -9 when it is about to answer 200, so that what it answers for is on the
 * disk and the client never hears of it. */
#include <dlfcn.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

static void die_before(const void *bytes, size_t len) {
    static const char answer[] = "HTTP/1.1 200";
    if (len >= sizeof answer - 1 && memcmp(bytes, answer, sizeof answer - 1) == 0) raise(SIGKILL);
}

ssize_t send(int fd, const void *bytes, size_t len, int flags) {
    die_before(bytes, len);
    return sendto(fd, bytes, len, flags, NULL, 0);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags) {
    static ssize_t (*real)(int, const struct msghdr *, int);
    if (!real) *(void **)&real = dlsym(RTLD_NEXT, "sendmsg");
    if (message->msg_iovlen) die_before(message->msg_iov[0].iov_base, message->msg_iov[0].iov_len);
    return real(fd, message, flags);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
    static ssize_t (*real)(int, const struct iovec *, int);
    if (!real) *(void **)&real = dlsym(RTLD_NEXT, "writev");
    if (count > 0) die_before(parts[0].iov_base, parts[0].iov_len);
    return real(fd, parts, count);
}
