#include "services/collector/probe.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/link/dealer.h"

enum { PORT_MS = 5000, HANDSHAKE_MS = 8000 };

const char *probe_words(enum probe_result result) {
    switch (result) {
    case PROBE_GOOD:
        return "全部通过。";
    case PROBE_BAD_ADDRESS:
        return "地址写得不对，应像 tcp://centre.example:5557 。";
    case PROBE_NO_NAME:
        return "域名解析不了：请核对地址，或请网络管理员检查 DNS。";
    case PROBE_NO_PORT:
        return "端口连不上：请核对端口，或请网络管理员放通防火墙。";
    case PROBE_BAD_KEY:
        return "服务器公钥不对，或这个端口上不是中心：请向中心核对地址，重新要一次公钥。";
    case PROBE_NOT_KNOWN:
        return "中心还不认识本机的密钥（没有登记，或已收回）：请把上面的指纹电话报给中心，由中心登记后再试。";
    }
    return "";
}

/* tcp://host:port, [host] for IPv6. */
static bool split_address(const char *address, char host[256], char port[16]) {
    if (strncmp(address, "tcp://", 6) != 0) return false;
    const char *begin = address + 6, *colon = strrchr(begin, ':');
    if (!colon || colon == begin || !colon[1] || strlen(colon + 1) >= 16) return false;
    size_t len = (size_t)(colon - begin);
    if (*begin == '[' && begin[len - 1] == ']') begin++, len -= 2;
    if (len >= 256) return false;
    memcpy(host, begin, len);
    host[len] = 0;
    strcpy(port, colon + 1);
    return true;
}

static bool port_open(const struct addrinfo *to) {
    int fd = socket(to->ai_family, to->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, to->ai_protocol);
    if (fd < 0) return false;
    int fault = 0;
    socklen_t size = sizeof fault;
    struct pollfd wait = {.fd = fd, .events = POLLOUT};
    bool good = connect(fd, to->ai_addr, to->ai_addrlen) == 0 ||
                (errno == EINPROGRESS && poll(&wait, 1, PORT_MS) == 1 &&
                 getsockopt(fd, SOL_SOCKET, SO_ERROR, &fault, &size) == 0 && fault == 0);
    close(fd);
    return good;
}

static enum probe_result probe_port(const char *address) {
    char host[256], port[16];
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found = NULL;
    if (strncmp(address, "ipc://", 6) == 0) return PROBE_GOOD; /* no name, no port: the handshake tells */
    if (!split_address(address, host, port)) return PROBE_BAD_ADDRESS;
    if (getaddrinfo(host, port, &hints, &found) != 0) return PROBE_NO_NAME;
    printf("  域名  通过\n");
    bool good = false;
    for (const struct addrinfo *at = found; at && !good; at = at->ai_next)
        good = port_open(at);
    freeaddrinfo(found);
    if (good) printf("  端口  通过\n");
    return good ? PROBE_GOOD : PROBE_NO_PORT;
}

static void ready(void *context, short events) {
    (void)context;
    (void)events;
}

static enum probe_result wait_for_news(struct dealer *dealer, struct link_loop *loop) {
    struct error err;
    struct tick end = tick_after(tick_now(), HANDSHAKE_MS);
    for (;;) {
        switch (dealer_news(dealer)) {
        case DEALER_CONNECTED:
            return PROBE_GOOD;
        case DEALER_REFUSED:
            return PROBE_NOT_KNOWN;
        case DEALER_BAD_KEY:
            return PROBE_BAD_KEY;
        case DEALER_UNREACHABLE:
            return PROBE_NO_PORT;
        case DEALER_DISCONNECTED:
            return PROBE_BAD_KEY;
        case DEALER_NO_NEWS:
            break;
        }
        struct tick now = tick_now();
        if (now.ms >= end.ms || link_loop_turn(loop, tick_wait(now, end), &err) || loop->stopping) return PROBE_BAD_KEY;
    }
}

static enum probe_result probe_key(const char *address, const char *server_key, const struct key_pair *own) {
    struct link_loop loop;
    struct link_context *context = NULL;
    struct dealer *dealer = NULL;
    struct error err;
    enum probe_result result = PROBE_BAD_ADDRESS;
    struct dealer_settings settings = {.address = address, .server_key = server_key, .own = own};
    if (link_loop_init(&loop, NULL, &err)) return result;
    if (!link_context_open(&context, &err) && !dealer_open(context, &settings, &dealer, &err) &&
        !dealer_watch(dealer, &loop, false, ready, NULL, &err))
        result = wait_for_news(dealer, &loop);
    if (dealer) dealer_unwatch(dealer, &loop);
    dealer_close(&dealer);
    link_loop_finish(&loop);
    link_context_close(&context);
    return result;
}

enum probe_result probe_server(const char *address, const char *server_key, const struct key_pair *own) {
    printf("测试 %s\n", address);
    enum probe_result result = probe_port(address);
    if (result == PROBE_GOOD) result = probe_key(address, server_key, own);
    if (result == PROBE_GOOD || result == PROBE_NOT_KNOWN) printf("  服务器公钥  通过\n");
    if (result == PROBE_GOOD) printf("  许可  通过\n");
    static const char *const failed[] = {[PROBE_BAD_ADDRESS] = "地址",
                                         [PROBE_NO_NAME] = "域名",
                                         [PROBE_NO_PORT] = "端口",
                                         [PROBE_BAD_KEY] = "服务器公钥",
                                         [PROBE_NOT_KNOWN] = "许可"};
    if (result == PROBE_GOOD)
        printf("%s\n", probe_words(result));
    else
        printf("  %s  没有通过：%s\n", failed[result], probe_words(result));
    return result;
}
