#include "common/base/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/text.h"

/* snprintf cuts at bytes; a message ends at a whole character all the same. */
static void fit(char *text, size_t size) {
    size_t len = strlen(text);
    if (len + 1 < size) return;
    text[text_cut_bytes(text, len, len)] = '\0';
}

static void vfill(char *out, size_t size, const char *format, va_list args) __attribute__((format(printf, 3, 0)));
static void vfill(char *out, size_t size, const char *format, va_list args) {
    if (vsnprintf(out, size, format, args) < 0) out[0] = '\0';
    fit(out, size);
}

enum error_code error_set(struct error *err, enum error_code code, const char *format, ...) {
    if (!err) return code;
    *err = (struct error){.code = code};
    va_list args;
    va_start(args, format);
    vfill(err->message, sizeof err->message, format, args);
    va_end(args);
    return code;
}

enum error_code error_set_errno(struct error *err, enum error_code code, int sys_errno, const char *format, ...) {
    if (!err) return code;
    *err = (struct error){.code = code, .sys_errno = sys_errno};
    va_list args;
    va_start(args, format);
    vfill(err->message, sizeof err->message, format, args);
    va_end(args);
    char reason[128];
    const char *text = strerror_r(sys_errno, reason, sizeof reason);
    size_t len = strlen(err->message);
    int more = snprintf(err->message + len, sizeof err->message - len, ": %s", text);
    (void)more; /* a cut reason is still a reason */
    fit(err->message, sizeof err->message);
    return code;
}

void error_place(struct error *err, const char *format, ...) {
    if (!err) return;
    va_list args;
    va_start(args, format);
    vfill(err->place, sizeof err->place, format, args);
    va_end(args);
}

enum error_code error_from_proto(struct error *err, enum proto_code code, const char *what) {
    if (code == PROTO_OK) return ERROR_OK;
    enum error_code mapped = code == PROTO_NO_SPACE ? ERROR_MEMORY : ERROR_INPUT;
    return error_set(err, mapped, "%s: %s", what, proto_code_name(code));
}

const char *error_code_name(enum error_code code) {
    switch (code) {
    case ERROR_OK:
        return "ok";
    case ERROR_USAGE:
        return "usage";
    case ERROR_INPUT:
        return "input";
    case ERROR_NOT_FOUND:
        return "not_found";
    case ERROR_CONFLICT:
        return "conflict";
    case ERROR_IO:
        return "io";
    case ERROR_CONNECTION:
        return "connection";
    case ERROR_DATABASE:
        return "database";
    case ERROR_REFUSED:
        return "refused";
    case ERROR_MEMORY:
        return "memory";
    }
    return "unknown";
}

int error_exit_status(enum error_code code) {
    if (code == ERROR_OK) return 0;
    if (code == ERROR_USAGE) return 2;
    return code == ERROR_CONNECTION ? 3 : 1;
}

void findings_add(struct findings *all, bool warning, const char *place, const char *format, ...) {
    if (!warning) all->errors++; /* counted even when there is no memory to keep its words */
    if (all->count == all->capacity) {
        size_t capacity = all->capacity ? all->capacity * 2 : 4;
        struct finding *grown = reallocarray(all->items, capacity, sizeof *grown);
        if (!grown) return;
        all->items = grown;
        all->capacity = capacity;
    }
    struct finding *item = &all->items[all->count++];
    *item = (struct finding){.warning = warning};
    int len = snprintf(item->place, sizeof item->place, "%s", place ? place : "");
    (void)len;
    fit(item->place, sizeof item->place);
    va_list args;
    va_start(args, format);
    vfill(item->message, sizeof item->message, format, args);
    va_end(args);
}

void findings_finish(struct findings *all) {
    if (!all) return;
    free(all->items);
    *all = (struct findings){0};
}
