#include "common/base/log.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/base/buffer.h"
#include "common/base/cleanup.h"
#include "common/base/clock.h"
#include "common/base/log_repeat.h"
#include "common/base/text.h"

enum { VALUE_BYTES_MAX = 2048 };

const struct word log_levels[] = {{"debug", LOG_LEVEL_DEBUG},
                                  {"info", LOG_LEVEL_INFO},
                                  {"warn", LOG_LEVEL_WARN},
                                  {"error", LOG_LEVEL_ERROR},
                                  {NULL, 0}};

/* The process's one logger: see the header. */
static struct logger {
    const char *program;
    atomic_int lowest;
    int fd;
    pthread_mutex_t lock; /* of repeats */
    struct log_repeats repeats;
} logger = {.lowest = LOG_LEVEL_INFO, .fd = STDERR_FILENO, .lock = PTHREAD_MUTEX_INITIALIZER};

void log_init(const char *program, enum log_level lowest, int fd) {
    pthread_mutex_lock(&logger.lock);
    logger.repeats = (struct log_repeats){0};
    pthread_mutex_unlock(&logger.lock);
    logger.program = program;
    logger.fd = fd;
    log_set_level(lowest);
}

void log_set_level(enum log_level lowest) {
    atomic_store(&logger.lowest, (int)lowest);
}

static bool may_pass(enum log_level level, const char *event, unsigned long *suppressed) {
    if ((int)level < atomic_load(&logger.lowest)) return false;
    pthread_mutex_lock(&logger.lock);
    bool pass = log_repeats_pass(&logger.repeats, event, tick_now(), suppressed);
    pthread_mutex_unlock(&logger.lock);
    return pass;
}

/* --- values --- */

static bool is_plain(const char *text, size_t len) {
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c <= ' ' || c == '"' || c == '=' || c == '\\' || c == 0x7F) return false;
    }
    return len > 0 && !text_has_control(text, len) && text_is_utf8(text, len, NULL);
}

static void add_quoted(struct buffer *line, const char *text, size_t len) {
    buffer_add_char(line, '"');
    for (size_t at = 0; at < len;) {
        size_t start = at;
        uint32_t c = text_next(text, len, &at);
        if (c == '"' || c == '\\')
            buffer_printf(line, "\\%c", (int)c);
        else if (c == '\n')
            buffer_add_text(line, "\\n");
        else if (c == '\t')
            buffer_add_text(line, "\\t");
        else if (c < 0x20 || (c >= 0x7F && c <= 0x9F) || !text_is_utf8(text + start, at - start, NULL))
            buffer_printf(line, "\\x%02x", c < 0x100 ? c : (unsigned)(unsigned char)text[start]);
        else
            buffer_add(line, text + start, at - start);
    }
    buffer_add_char(line, '"');
}

static void add_value(struct buffer *line, const struct buffer *value) {
    const char *text = buffer_text(value);
    size_t len = value->len;
    if (len > VALUE_BYTES_MAX) len = text_cut_bytes(text, len, VALUE_BYTES_MAX);
    if (is_plain(text, len))
        buffer_add(line, text, len);
    else
        add_quoted(line, text, len);
}

static void add_pair(struct buffer *line, const char *key, const char *text) {
    CLEAN(buffer_finish) struct buffer value = {0};
    buffer_add_text(&value, text);
    buffer_printf(line, " %s=", key);
    add_value(line, &value);
}

/* --- the format, one conversion at a time: a value's end must be known before its spaces are looked at --- */

struct arguments {
    va_list list; /* in a struct, so that it can be handed on by pointer */
};

struct conversion {
    char text[24]; /* "%-5.3lld", stars filled in */
    char length;   /* 0, 'h', 'l', 'L' for ll, 'z', 'j', 't' */
    char kind;
    int precision; /* -1: none */
};

static int read_number(const char **at, struct arguments *args) {
    if (**at == '*') {
        (*at)++;
        return va_arg(args->list, int);
    }
    int value = 0;
    while (**at >= '0' && **at <= '9' && value < 10000)
        value = value * 10 + (*(*at)++ - '0');
    return value;
}

/* Reads the conversion behind a '%'; returns what follows it. */
static const char *read_conversion(const char *at, struct conversion *out, struct arguments *args) {
    char flags[6] = "", width[8] = "", precision[8] = "", length[3] = "";
    size_t n = strspn(at, "-+#0");
    snprintf(flags, sizeof flags, "%.*s", (int)n, at);
    at += n;
    if (*at == '*' || (*at >= '1' && *at <= '9')) snprintf(width, sizeof width, "%d", read_number(&at, args) % 1000);
    out->precision = -1;
    if (*at == '.') {
        at++;
        out->precision = read_number(&at, args);
        snprintf(precision, sizeof precision, ".%d", out->precision < 0 ? 0 : out->precision % 1000);
    }
    n = strspn(at, "hlzjt");
    out->length = n == 2 && at[0] == 'l' ? 'L' : n ? at[0] : '\0';
    snprintf(length, sizeof length, "%.*s", (int)(n > 2 ? 2 : n), at);
    at += n;
    out->kind = *at;
    snprintf(out->text, sizeof out->text, "%%%s%s%s%s%c", flags, width, precision, length, *at);
    return *at ? at + 1 : at;
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral" /* the caller's format was checked; this is one piece of it */

static void add_integer(struct buffer *out, const struct conversion *c, struct arguments *args) {
    switch (c->length) {
    case 'l':
        buffer_printf(out, c->text, va_arg(args->list, long));
        break;
    case 'L':
        buffer_printf(out, c->text, va_arg(args->list, long long));
        break;
    case 'z':
        buffer_printf(out, c->text, va_arg(args->list, size_t));
        break;
    case 'j':
        buffer_printf(out, c->text, va_arg(args->list, intmax_t));
        break;
    case 't':
        buffer_printf(out, c->text, va_arg(args->list, ptrdiff_t));
        break;
    default:
        buffer_printf(out, c->text, va_arg(args->list, int));
        break;
    }
}

static void add_conversion(struct buffer *out, const struct conversion *c, struct arguments *args) {
    switch (c->kind) {
    case 's': {
        const char *text = va_arg(args->list, const char *);
        if (!text)
            buffer_add_char(out, '-');
        else
            buffer_add(out, text, c->precision >= 0 ? strnlen(text, (size_t)c->precision) : strlen(text));
        break;
    }
    case 'e':
    case 'f':
    case 'g':
        buffer_printf(out, c->text, va_arg(args->list, double));
        break;
    case 'p':
        buffer_printf(out, c->text, va_arg(args->list, void *));
        break;
    case '%':
        buffer_add_char(out, '%');
        break;
    default:
        add_integer(out, c, args);
        break;
    }
}

#pragma GCC diagnostic pop

/* One value of the format, up to a space or the end. */
static const char *read_value(const char *at, struct arguments *args, struct buffer *out) {
    while (*at && *at != ' ') {
        if (*at != '%') {
            buffer_add_char(out, *at++);
            continue;
        }
        struct conversion conversion;
        at = read_conversion(at + 1, &conversion, args);
        add_conversion(out, &conversion, args);
    }
    return at;
}

static void add_pairs(struct buffer *line, const char *format, struct arguments *args) {
    CLEAN(buffer_finish) struct buffer value = {0};
    for (const char *at = format; *at;) {
        at += strspn(at, " ");
        size_t key = strcspn(at, "= ");
        if (key == 0) break;
        buffer_printf(line, " %.*s", (int)key, at);
        at += key;
        if (*at != '=') continue;
        buffer_clear(&value);
        at = read_value(at + 1, args, &value);
        buffer_add_char(line, '=');
        add_value(line, &value);
    }
}

/* --- lines --- */

static void begin_line(struct buffer *line, enum log_level level, const char *event) {
    char time[INSTANT_TEXT_MAX];
    instant_print(real_now(), time);
    buffer_printf(line, "time=%s level=%s", time, word_text(log_levels, (int)level));
    if (logger.program) buffer_printf(line, " program=%s", logger.program);
    buffer_printf(line, " event=%s", event);
}

static void end_line(struct buffer *line, unsigned long suppressed) {
    if (suppressed) buffer_printf(line, " suppressed=%lu", suppressed);
    buffer_add_char(line, '\n');
    if (line->failed) return;
    ssize_t done;
    do
        done = write(logger.fd, line->data, line->len);
    while (done < 0 && errno == EINTR); /* a log that cannot be written has nobody to tell */
}

void log_write(enum log_level level, const char *event, const char *format, ...) {
    unsigned long suppressed;
    if (!may_pass(level, event, &suppressed)) return;
    int kept_errno = errno;
    CLEAN(buffer_finish) struct buffer line = {0};
    begin_line(&line, level, event);
    struct arguments args;
    va_start(args.list, format);
    add_pairs(&line, format, &args);
    va_end(args.list);
    end_line(&line, suppressed);
    errno = kept_errno;
}

void log_failure(enum log_level level, const char *event, const struct error *err) {
    unsigned long suppressed;
    if (!may_pass(level, event, &suppressed)) return;
    CLEAN(buffer_finish) struct buffer line = {0};
    begin_line(&line, level, event);
    add_pair(&line, "code", error_code_name(err->code));
    if (err->place[0]) add_pair(&line, "place", err->place);
    if (err->sys_errno) buffer_printf(&line, " errno=%d", err->sys_errno);
    add_pair(&line, "message", err->message);
    end_line(&line, suppressed);
}
