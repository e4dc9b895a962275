/* The two tools of the board's bench (tests/bench/board.py): a server that libmicrohttpd gives one constant buffer with,
 * and one that asks as fast as answers come.
 *
 *     bench_board serve BYTES                          prints its port; until its standard input ends
 *     bench_board ask PORT CONNECTIONS SECONDS HEAD    HEAD: a whole request; prints {"per_second": …, "p99_ms": …, …} */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static double seconds_now(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* --- the constant buffer --- */

static enum MHD_Result give(void *context, struct MHD_Connection *connection, const char *url, const char *method,
                            const char *version, const char *bytes, size_t *len, void **slot) {
    (void)url;
    (void)method;
    (void)version;
    (void)bytes;
    (void)len;
    if (!*slot) {
        *slot = context;
        return MHD_YES;
    }
    return MHD_queue_response(connection, 200, context);
}

static int serve(size_t size) {
    char *buffer = calloc(1, size + 1);
    if (!buffer) return 1;
    memset(buffer, 'x', size);
    struct MHD_Response *response = MHD_create_response_from_buffer(size, buffer, MHD_RESPMEM_PERSISTENT);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct MHD_Daemon *daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, give, response,
                                                 MHD_OPTION_CONNECTION_LIMIT, 4000u, MHD_OPTION_SOCK_ADDR, &address,
                                                 MHD_OPTION_END);
    const union MHD_DaemonInfo *info = daemon ? MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT) : NULL;
    if (!info) return 1;
    printf("%d\n", (int)info->port);
    fflush(stdout);
    while (getchar() != EOF) {}
    MHD_stop_daemon(daemon);
    MHD_destroy_response(response);
    free(buffer);
    return 0;
}

/* --- asking --- */

enum { CONNECTIONS_MAX = 2000, ANSWER_ROOM = 256 * 1024, SAMPLES_MAX = 2000000 };
struct asker {
    int fd;
    char *answer;
    size_t have, wanted; /* wanted 0 = the head is not whole yet */
    double asked;
};
struct load {
    const char *head;
    size_t head_len;
    struct asker askers[CONNECTIONS_MAX];
    float *samples; /* seconds */
    size_t count, refused;
    char status[16];
};

static int ask_again(struct load *load, struct asker *asker) {
    asker->have = asker->wanted = 0;
    asker->asked = seconds_now();
    return send(asker->fd, load->head, load->head_len, MSG_NOSIGNAL) == (ssize_t)load->head_len ? 0 : -1;
}

/* How long the answer is, once its head has come. */
static void measure(struct load *load, struct asker *asker) {
    asker->answer[asker->have] = '\0';
    char *end = strstr(asker->answer, "\r\n\r\n");
    if (!end) return;
    char *length = strcasestr(asker->answer, "\r\nContent-Length:");
    size_t body = length && length < end ? strtoul(length + 17, NULL, 10) : 0;
    snprintf(load->status, sizeof load->status, "%.3s", asker->answer + 9);
    if (strncmp(load->status, "304", 3) == 0) body = 0;
    if (load->status[0] != '2' && load->status[0] != '3') load->refused++;
    asker->wanted = (size_t)(end - asker->answer) + 4 + body;
}

static int take(struct load *load, struct asker *asker) {
    ssize_t got = recv(asker->fd, asker->answer + asker->have, ANSWER_ROOM - 1 - asker->have, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
    if (got <= 0) return -1;
    asker->have += (size_t)got;
    if (!asker->wanted) measure(load, asker);
    if (!asker->wanted || asker->have < asker->wanted) return 0;
    if (load->count < SAMPLES_MAX) load->samples[load->count] = (float)(seconds_now() - asker->asked);
    load->count++;
    return ask_again(load, asker);
}

static int by_size(const void *a, const void *b) {
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static int connect_asker(struct asker *asker, int port, int epoll) {
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = asker};
    const int yes = 1;
    asker->fd = socket(AF_INET, SOCK_STREAM, 0);
    asker->answer = malloc(ANSWER_ROOM);
    if (asker->fd < 0 || !asker->answer || connect(asker->fd, (struct sockaddr *)&address, sizeof address) != 0) return -1;
    (void)setsockopt(asker->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    (void)fcntl(asker->fd, F_SETFL, O_NONBLOCK);
    return epoll_ctl(epoll, EPOLL_CTL_ADD, asker->fd, &event);
}

static int ask(struct load *load, int port, int connections, double seconds) {
    int epoll = epoll_create1(0);
    load->samples = malloc(SAMPLES_MAX * sizeof *load->samples);
    if (epoll < 0 || !load->samples) return 1;
    for (int i = 0; i < connections; i++)
        if (connect_asker(&load->askers[i], port, epoll) || ask_again(load, &load->askers[i])) return 1;
    double began = seconds_now(), now = began;
    while ((now = seconds_now()) - began < seconds) {
        struct epoll_event events[256];
        int ready = epoll_wait(epoll, events, 256, 100);
        for (int i = 0; i < ready; i++)
            if (take(load, events[i].data.ptr)) {
                (void)fprintf(stderr, "bench_board: a connection was closed\n");
                return 1;
            }
    }
    size_t kept = load->count < SAMPLES_MAX ? load->count : SAMPLES_MAX;
    qsort(load->samples, kept, sizeof *load->samples, by_size);
    double p99 = kept ? (double)load->samples[kept * 99 / 100] : 0;
    printf("{\"per_second\": %.0f, \"p99_ms\": %.2f, \"answers\": %zu, \"refused\": %zu, \"status\": \"%s\"}\n",
           (double)load->count / (now - began), p99 * 1000, load->count, load->refused, load->status);
    return 0;
}

int main(int argc, char **argv) {
    static struct load load;
    if (argc == 3 && strcmp(argv[1], "serve") == 0) return serve(strtoul(argv[2], NULL, 10));
    int connections = argc == 6 ? atoi(argv[3]) : 0;
    if (argc != 6 || strcmp(argv[1], "ask") != 0 || connections < 1 || connections > CONNECTIONS_MAX) {
        (void)fprintf(stderr, "usage: bench_board serve BYTES | ask PORT CONNECTIONS SECONDS HEAD\n");
        return 2;
    }
    load.head = argv[5];
    load.head_len = strlen(argv[5]);
    return ask(&load, atoi(argv[2]), connections, strtod(argv[4], NULL));
}
